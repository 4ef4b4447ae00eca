import json
import sys
from dataclasses import asdict
from typing import Any

from etlimport.check.preconditions import owned_counts, validate
from etlimport.repair.command import RepairCommand

UNSAFE = 3


class Command(RepairCommand):
    help = "Check whether an import may start. It changes nothing. Exit codes: 0 safe, 3 not safe."

    def handle(self, *args: Any, **options: Any) -> None:
        problems, counts = validate(), owned_counts()
        if options["json"]:
            found = {"safe": not problems, "problems": [asdict(each) for each in problems], "owned": counts}
            self.stdout.write(json.dumps(found))
        else:
            for table, number in counts.items():
                self.stdout.write(f"{number:>10,}  {table}")
            for problem in problems:
                self.stdout.write(self.style.ERROR(f"problem: {problem}"))
            self.stdout.write("not safe to rebuild" if problems else "safe to rebuild")
        if problems:
            sys.exit(UNSAFE)
