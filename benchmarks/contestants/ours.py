"""Rally's own import, by the function that `manage.py run_etl` calls."""

import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rally.settings")
django.setup()

from benchmarks.contestants import contend  # noqa: E402
from etlimport.pipeline import Options, run_import  # noqa: E402
from etlimport.reports.run_report import exit_code  # noqa: E402


def import_all(source: Path) -> str:
    run = run_import(Options(source=source))
    if exit_code(run):
        raise SystemExit(f"{run.status}: {run.error}")
    made = [f"{counts['inserted']} {things}" for things, counts in run.counts["things"].items() if counts["inserted"]]
    return f"{run.status}: {', '.join(made)} {run.timings}"


if __name__ == "__main__":
    contend(import_all)
