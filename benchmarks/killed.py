"""What came of kills, as a line about each and as a table of all."""

from dataclasses import dataclass, field
from statistics import median

from benchmarks.table import markdown


@dataclass
class Kill:
    """What came of one: after how many seconds of the run, in which step it was, and how long the next run took."""

    work: str
    after: float
    step: str = ""
    in_time: bool = True
    found: str = "neither"
    next_run: float = 0
    violations: list[str] = field(default_factory=list)


def line(killed: Kill) -> str:
    moment = f"after {killed.after:.2f} s ({killed.step})" if killed.in_time else "too late"
    found = f"{killed.work} killed {moment}: {killed.found} state; next run {killed.next_run:.1f} s"
    return "; ".join([found, *(f"VIOLATION: {words}" for words in killed.violations)])


def table(kills: list[Kill], title: str) -> str:
    header = [title, "killed", "old state", "new state", "too late"]
    header += ["next run: median", "longest", "violations"]
    names = list(dict.fromkeys(each.work for each in kills))
    lines = [[name, *figures([each for each in kills if each.work == name])] for name in names]
    return markdown(header, [*lines, ["all", *figures(kills)]])


def figures(kills: list[Kill]) -> list[str]:
    in_time = [each for each in kills if each.in_time]
    seconds = [each.next_run for each in kills]
    return [
        str(len(in_time)),
        str(sum(each.found == "old" for each in in_time)),
        str(sum(each.found == "new" for each in in_time)),
        str(len(kills) - len(in_time)),
        f"{median(seconds):.1f} s",
        f"{max(seconds):.1f} s",
        str(sum(bool(each.violations) for each in kills)),
    ]
