"""Who is measured, one module each: `python -m benchmarks.contestants.NAME SOURCE`, by `measured_process`."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path


def contend(work: Callable[[Path], str]) -> None:
    """Do the work on the folder named on the command line; print its seconds and what it says of the outcome."""
    started = time.perf_counter()
    outcome = work(Path(sys.argv[1]))
    print(json.dumps({"seconds": time.perf_counter() - started, "outcome": outcome}))
