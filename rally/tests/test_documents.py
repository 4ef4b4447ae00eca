"""What the documents say is so: links and paths lead somewhere, and tables hold just what the code holds."""

import ast
import re

import pytest
from django.core.management import BaseCommand, get_commands, load_command_class

from etlimport.alerts.conditions import CONDITIONS
from etlimport.operations.roles import permissions_of_roles
from etlimport.pipeline import STEPS
from rally.tests.documents import DOCUMENTS, ROOT, document, rows_of
from scripts.draw_working_tables import DOCUMENT, SECTION, drawn
from scripts.sections import read_section

ARCHITECTURE, IMPORTING = document("docs/architecture.md"), document("docs/importing.md")
OPERATING, SETTINGS = document("docs/operating.md"), document("docs/settings.md")

LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
PATH = re.compile(r"[\w.-][\w./-]*(/|\.(py|md|txt|toml|lock|ya?ml|html|css))")
OURS = {"etlimport", "leagues", "rally", "sessionsync"}


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives the headings."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", DOCUMENTS, ids=str)
def test_every_link_within_the_project_leads_somewhere(page):
    for target in (a or b for a, b in LINK.findall(page.prose)):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        found = page.path.parent / path if path else page.path
        assert found.exists(), target
        assert not anchor or anchor in anchors(found.read_text()), target


@pytest.mark.parametrize("page", [page for page in DOCUMENTS if page.path.name != "CHANGELOG.md"], ids=str)
def test_every_file_and_folder_it_names_is_there(page):
    """Named from the root, from the page's folder, or by its own name as in a sentence about the room it is in."""
    for name in {span for span in page.spans() if PATH.fullmatch(span)}:
        found = [ROOT / name, page.path.parent / name, *ROOT.glob(f"*/{name}"), *ROOT.glob(f"*/*/{name}")]
        assert any(path.exists() for path in found), name


@pytest.mark.parametrize("page", DOCUMENTS, ids=str)
def test_every_block_says_what_it_is_so_that_no_command_line_is_passed_over(page):
    """test_command_lines.py runs those marked `sh` and `crontab`."""
    assert {language for language, _ in page.blocks()} <= {"sh", "crontab", "caddyfile", "nginx", "mermaid", "text"}
    assert not re.search(r"^\n {4,}\S", page.prose, re.MULTILINE), "an indented block"


def test_every_document_can_be_found_from_the_readme():
    linked = {target.partition("#")[0] for target, _ in LINK.findall(document("README.md").text)}
    assert {str(page) for page in DOCUMENTS} - {"README.md", "sample_data/README.md"} <= linked


# Settings


def variables_read() -> dict[str, set[str | None]]:
    """Each variable of the environment that the product reads, with its defaults where they are plain values."""
    found: dict[str, set[str | None]] = {}
    for path in [*ROOT.glob("*.py"), *(path for app in OURS for path in (ROOT / app).rglob("*.py"))]:
        if "tests" in path.parts or path.name == "conftest.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if name := variable_of(node):
                found.setdefault(name, set()).add(default_of(node))
    return found


def variable_of(node: ast.AST) -> str:
    """The name of the variable that is read there or asked for; empty for anything else."""
    if isinstance(node, ast.Call) and node.args:
        called, argument = ast.unparse(node.func), node.args[0]
        reads = called in ("os.environ.get", "os.getenv") or re.fullmatch(r"env\.\w+", called)
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        argument, reads = node.slice, ast.unparse(node.value) == "os.environ"
    elif isinstance(node, ast.Compare):
        argument, reads = node.left, ast.unparse(node.comparators[0]) == "os.environ"
    else:
        return ""
    return argument.value if reads and isinstance(argument, ast.Constant) else ""


def default_of(node: ast.AST) -> str | None:
    """The default as the table writes it; None where it is none or depends on something."""
    given = [*getattr(node, "args", [])[1:], *(word.value for word in getattr(node, "keywords", []))]
    try:
        value = eval(compile(ast.Expression(given[0]), "default", "eval"), {"__builtins__": {}})
    except (IndexError, NameError):
        return None
    if isinstance(value, bool):
        return "on" if value else "off"
    return ",".join(value) if isinstance(value, list) else str(value)


def documented_variables() -> dict[str, str]:
    """variable → default, without its backticks, of all tables but the one of compose.yaml."""
    settings, _, _ = SETTINGS.text.partition("## Of compose.yaml alone")
    return {name.strip("`"): default.strip("`") for name, default, _ in rows_of(settings)}


def test_the_settings_named_are_those_that_are_read():
    assert documented_variables().keys() == variables_read().keys()


def test_every_default_that_is_a_plain_value_is_as_the_table_says():
    written = documented_variables()
    plain = {name: defaults for name, defaults in variables_read().items() if defaults.isdisjoint({None, ""})}
    assert len(plain) > 20
    assert plain == {name: {written[name]} for name in plain}


def test_compose_hands_on_what_is_documented_but_for_what_it_settles_itself():
    text = (ROOT / "compose.yaml").read_text()
    handed_on = set(re.findall(r"\$\{([A-Z_]+)", text)) | set(re.findall(r"^ +([A-Z_]+):$", text, re.MULTILINE))
    of_compose = {name.strip("`") for name, _, _ in SETTINGS.rows("Of compose.yaml alone")}
    _, _, settled = SETTINGS.text.partition("those that compose or the image settle:")
    settled_there = set(re.findall(r"`([A-Z_]+)`", settled.partition("`PORT`")[0]))
    assert of_compose <= handed_on
    assert handed_on - of_compose == documented_variables().keys() - settled_there
    assert handed_on.isdisjoint(settled_there)


# Commands


def documented_commands() -> dict[str, set[str]]:
    """command → its options."""
    uses = [row[0].strip("`") for row in OPERATING.rows("Commands")]
    return {use.split()[0]: set(re.findall(r"--[\w-]+", use)) for use in uses}


def options_of(command: BaseCommand) -> set[str]:
    return set(re.findall(r"--[\w-]+", command.create_parser("manage.py", "command").format_usage()))


def test_the_table_of_commands_holds_every_command_with_its_options():
    ours = {name: app for name, app in get_commands().items() if app in OURS}
    of_django = options_of(BaseCommand())
    assert documented_commands() == {
        name: options_of(load_command_class(app, name)) - of_django for name, app in ours.items()
    }


@pytest.mark.parametrize("page", DOCUMENTS, ids=str)
def test_every_use_of_a_command_in_the_text_names_options_it_has(page):
    for span in page.spans():
        name, *words = span.split()
        if name in documented_commands():
            assert set(re.findall(r"--[\w-]+", " ".join(words))) <= documented_commands()[name], span


# Roles, alerts, steps, rooms


def test_the_roles_are_those_that_are_set_up():
    groups = [group for group, *_ in rows_of(OPERATING.text.partition("### Roles\n")[2].partition("\n## ")[0])]
    assert groups == list(permissions_of_roles())


def test_the_alerts_are_those_that_are_looked_for():
    assert [row[0] for row in OPERATING.rows("Alerts")] == [condition.key for condition in CONDITIONS]


@pytest.mark.parametrize(("page", "section"), [(IMPORTING, "The steps"), (ARCHITECTURE, "One import")], ids=str)
def test_the_steps_are_those_of_the_pipeline(page, section):
    assert [step for step, *_ in page.rows(section)] == ["read", *STEPS]


def test_the_rooms_are_those_there_are_in_the_order_of_their_layers():
    contracts = (ROOT / "pyproject.toml").read_text()
    (layers,) = re.findall(r'containers = \["etlimport"\]\nlayers = \[\n(.*?)\]', contracts, re.DOTALL)
    in_order = [set(layer.split(" | ")) for layer in re.findall(r'"(.+)"', layers)]
    named = [set(re.findall(r"`(\w+)(?:/|\.py)`", row[0])) for row in ARCHITECTURE.rows("The rooms of the import")]
    assert named == in_order


def test_the_working_tables_are_drawn_as_they_are_declared():
    assert read_section(DOCUMENT, SECTION) == drawn(), "run: python scripts/draw_working_tables.py"
