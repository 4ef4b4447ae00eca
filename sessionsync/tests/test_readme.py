"""What the README of the app says is true."""

import ast
import re
from pathlib import Path

import pytest
from django.core.management import BaseCommand, get_commands, load_command_class
from django.utils.module_loading import import_string

from sessionsync.conf import DEFAULTS
from sessionsync.models import RefreshSignal, SystemSetting, UserSession

APP = Path(__file__).parent.parent
README = (APP / "README.md").read_text()
EXAMPLES = re.findall(r"```\w+\n(?:#|<!--) (\S+)(?: -->)?\n(.*?)```", README, re.DOTALL)


def section(title: str) -> str:
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    """The cells of the table in a section, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_every_block_of_code_is_an_example():
    assert len(EXAMPLES) == README.count("```") / 2 > 0


@pytest.mark.parametrize(("path", "code"), EXAMPLES)
def test_every_example_is_in_the_project_that_the_tests_run(path, code):
    assert code in (APP / "tests" / "project" / path).read_text()


def test_the_table_of_settings_holds_every_option_with_its_default():
    assert {name: ast.literal_eval(default) for name, default, _ in rows("Settings")} == DEFAULTS


def test_the_table_of_commands_holds_every_command_with_its_options():
    documented = {row[0].split()[0]: set(re.findall(r"--\w+", row[0])) for row in rows("Commands")}
    ours = [name for name, app in get_commands().items() if app == "sessionsync"]
    of_django = options_of(BaseCommand())
    assert documented == {name: options_of(load_command_class("sessionsync", name)) - of_django for name in ours}


def options_of(command: BaseCommand) -> set[str]:
    return set(re.findall(r"--[\w-]+", command.create_parser("manage.py", "command").format_usage()))


@pytest.mark.parametrize("path", sorted(set(re.findall(r"sessionsync\.\w+\.\w+", README))))
def test_every_path_it_names_can_be_imported(path):
    if path.startswith("sessionsync.backends."):
        path += ".SessionStore"
    import_string(path)


def test_every_function_on_sessions_is_there():
    for call, _ in rows("The sessions of a user"):
        import_string(f"sessionsync.sessions.{call.partition('(')[0]}")


def test_the_tables_have_the_names_it_gives():
    assert {model._meta.db_table for model in (SystemSetting, RefreshSignal, UserSession)} == set(
        re.findall(r"`(\w+)`", section("Inside").partition("The tables")[2])
    )
