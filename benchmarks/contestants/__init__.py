"""The programs that are measured, one module each: `python -m benchmarks.contestants.NAME SOURCE`."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path


def contend(work: Callable[[Path], str]) -> None:
    """Do the work with the folder named on the command line. Prints its seconds and its outcome as JSON."""
    started = time.perf_counter()
    outcome = work(Path(sys.argv[1]))
    print(json.dumps({"seconds": time.perf_counter() - started, "outcome": outcome}))
