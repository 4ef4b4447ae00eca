"""Copies of the project, to change and to run without touching the real one."""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MADE_HERE = shutil.ignore_patterns(
    ".git", ".venv", ".env", ".secret-key", "*.sqlite3*", ".*_cache", ".hypothesis", "var", "staticfiles"
)
"""Compiled modules are copied, too: that saves the copy from compiling them all."""


def copy_of_project(folder: Path) -> Path:
    """The project as it is checked out, copied into that new folder, without what has been made here since."""
    return shutil.copytree(ROOT, folder, ignore=MADE_HERE)
