"""The product's files and functions are short, and no code is written twice."""

import ast
import re
from pathlib import Path

import pytest

from rally.tests.processes import ROOT, production_environment, run

PACKAGES = ("rally", "leagues", "sessionsync", "etlimport")
NOT_PRODUCT = {"tests", "migrations"}
LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 50
EQUAL_LINES_ALLOWED = 9
"""The number of equal lines up to which symilar reports nothing."""


def product_files(root: Path = ROOT) -> list[Path]:
    found = [path for package in PACKAGES for path in (root / package).rglob("*.py")]
    return sorted(path for path in found if not NOT_PRODUCT & set(path.relative_to(root).parts))


def long_files(files: list[Path]) -> list[str]:
    counts = {path: len(path.read_text().splitlines()) for path in files}
    return [f"{path}: {count} lines" for path, count in counts.items() if count > LINES_OF_A_FILE]


def long_functions(files: list[Path]) -> list[str]:
    functions = [
        (path, node, node.end_lineno - node.lineno + 1)
        for path in files
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return [f"{path}: {node.name}: {count} lines" for path, node, count in functions if count > LINES_OF_A_FUNCTION]


def repeated_lines(files: list[Path]) -> str:
    """What symilar prints about repeated code; empty if there is none."""
    ignored = ["--ignore-comments", "--ignore-docstrings", "--ignore-imports", "--ignore-signatures"]
    command = ["symilar", f"--duplicates={EQUAL_LINES_ALLOWED}", *ignored, *map(str, files)]
    found = run(command, production_environment())
    assert found.returncode == 0, found.stderr
    return "" if re.search(r"^TOTAL lines=\d+ duplicates=0 ", found.stdout, re.MULTILINE) else found.stdout


def test_the_files_of_all_apps_are_looked_at():
    names = {path.relative_to(ROOT).as_posix() for path in product_files()}
    assert {"rally/settings.py", "leagues/access.py", "sessionsync/refresh.py", "etlimport/merge/steps.py"} <= names


def test_no_file_is_too_long():
    assert long_files(product_files()) == []


def test_no_function_is_too_long():
    assert long_functions(product_files()) == []


@pytest.mark.processes
def test_no_lines_are_written_twice():
    assert repeated_lines(product_files()) == ""


def test_a_long_file_and_a_long_function_are_found(tmp_path):
    path = tmp_path / "long.py"
    path.write_text("async def waits():\n" + "    pass\n" * LINES_OF_A_FUNCTION + "pass\n" * 350)
    assert long_functions([path]) == [f"{path}: waits: 51 lines"]
    assert long_files([path]) == [f"{path}: 401 lines"]


@pytest.mark.processes
def test_lines_written_twice_are_found(tmp_path):
    lines = "".join(f"value_{number} = {number}\n" for number in range(EQUAL_LINES_ALLOWED + 1))
    for name in ("one.py", "other.py"):
        (tmp_path / name).write_text(f"name = '{name}'\n{lines}")
    assert "value_9 = 9" in repeated_lines([tmp_path / "one.py", tmp_path / "other.py"])
