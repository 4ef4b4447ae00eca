"""Draws the working tables of an import, from their declarations, into docs/architecture.md.

    python scripts/draw_working_tables.py

A test fails while the document shows anything else than what the declarations give.
"""

import inspect
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rally.settings")

DOCUMENT = ROOT / "docs" / "architecture.md"
SECTION = "working tables"
HEADING = re.compile(r"# ([A-Z].+)")
DECLARED = re.compile(r"([A-Z_]+) = ")
NUMBERED = {
    "label_no": "w_label",
    "home_no": "w_label",
    "away_no": "w_label",
    "league_no": "w_league",
    "series_no": "w_series",
    "club_no": "w_club",
    "team_no": "w_team",
    "player_no": "w_player",
}
"""By column: the table whose numbers it holds. The `league_no` of staged rows is that of a spelling instead."""

SHARED_COLUMNS = 3
"""How many columns a table must have in common with a staged table to be taken to be filled from its rows."""


def main() -> None:
    import django

    from scripts.sections import write_section

    django.setup()
    write_section(DOCUMENT, SECTION, drawn())


def drawn() -> str:
    """The diagram and the lists, as Markdown."""
    return f"{diagram()}\n\n{lists()}\n"


def declared() -> dict[str, list]:
    """The working tables under the headings of the modules that declare them, in their order."""
    from etlimport.database import fact_tables, working_tables
    from leagues.working_tables import WorkingTable

    groups: dict[str, list] = {}
    for module in (working_tables, fact_tables):
        for line in inspect.getsource(module).splitlines():
            if heading := HEADING.fullmatch(line):
                tables = groups[heading[1]] = []
            elif name := DECLARED.match(line):
                value = getattr(module, name[1])
                found = value.values() if isinstance(value, dict) else [value]
                if all(isinstance(each, WorkingTable) for each in found):
                    tables += found
    return groups


def families() -> list:
    """One table of each family, with “…” in place of names and columns that differ within the family."""
    from etlimport.database import table_families

    made = []
    for function in vars(table_families).values():
        if inspect.isfunction(function) and function.__module__ == table_families.__name__:
            _model, *others = inspect.signature(function).parameters
            made.append(function("…", *(["…"] for _ in others)))
    return made


def diagram() -> str:
    groups = declared()
    arrows = list(arrows_between([table for tables in groups.values() for table in tables]))
    drawn = {name for arrow in arrows for name in arrow[:2]}
    lines = ["```mermaid", "flowchart LR"]
    for number, (heading, tables) in enumerate(groups.items()):
        shown = [table for table in tables if table.name in drawn]
        if shown:
            lines += [f'    subgraph group{number}["{heading}"]']
            lines += [f'        {table.name}["{table.name}<br/>{table.row}"]' for table in shown]
            lines += ["    end"]
    lines += [f"    {source} -- {label} --> {target}" for source, target, label in arrows]
    return "\n".join([*lines, "```"])


def arrows_between(tables: list) -> Iterator[tuple[str, str, str]]:
    """(from, to, label) of each arrow: from staged rows to tables filled from them, and to tables referred to."""
    staged = [table for table in tables if table.name.startswith("in_")]
    for table in tables:
        columns = set(table.columns)
        if table not in staged and "no" in columns:
            made_of = [rows for rows in staged if len(columns & set(rows.columns)) >= SHARED_COLUMNS]
            yield from ((rows.name, table.name, "rows") for rows in made_of)
        for target in dict.fromkeys(target_of(column, is_staged=table in staged) for column in table.columns):
            if target:
                counted = [c for c in table.columns if target_of(c, is_staged=table in staged) == target]
                yield table.name, target, ", ".join(counted)


def target_of(column: str, *, is_staged: bool) -> str:
    """The table whose numbers the column holds; empty if it holds none."""
    return "w_spelling" if is_staged and column == "league_no" else NUMBERED.get(column, "")


def lists() -> str:
    groups = declared() | {"One for each table of the catalogue, or for each that becomes rows of it": families()}
    parts = []
    for heading, tables in groups.items():
        rows = [f"| `{table.name}` | {table.row} | {', '.join(table.columns)} |" for table in tables]
        parts.append("\n".join([f"**{heading}**", "", "| table | a row is | columns |", "| --- | --- | --- |", *rows]))
    return "\n\n".join(parts)


if __name__ == "__main__":
    main()
