"""Small sources made by hand, and what the database holds as one value to compare."""

from pathlib import Path

from django.apps import apps
from django.db import connection

from etlimport.models import ImportRun
from etlimport.pipeline import Options, run_import

LEAGUE = "NSTF"


def player(external_id="p1", first="Ann", last="Hale", team="Elm 1", series="Series 1", club="Elm", **more) -> dict:
    """A row of players.json; further fields by their names in the file."""
    return {
        "League": LEAGUE,
        "Series": series,
        "Series Mapping ID": team,
        "Club": club,
        "Player ID": external_id,
        "First Name": first,
        "Last Name": last,
        **more,
    }


def match(home="Elm 1", away="Oak 1", date="09/24/2024", series="Series 1", **more) -> dict:
    """A row of schedules.json."""
    return {
        "date": date,
        "time": "06:30 pm",
        "home_team": home,
        "away_team": away,
        "series": series,
        "location": "Elm",
        "League": LEAGUE,
        **more,
    }


def standing(team="Elm 1", series="Series 1", points=10, **more) -> dict:
    """A row of series_stats.json."""
    return {"series": series, "team": team, "league_id": LEAGUE, "points": points, **more}


def line(home="Elm 1", away="Oak 1", people=("p1", "p2", "p3", "p4"), date="24-Sep-24", **more) -> dict:
    """A row of match_history.json; `people`: the ids of two home and two away players."""
    row = {"league_id": LEAGUE, "Date": date, "Home Team": home, "Away Team": away}
    places = ("Home Player 1", "Home Player 2", "Away Player 1", "Away Player 2")
    for place, external_id in zip(places, people, strict=True):
        row |= {place: f"Name of {external_id}", f"{place} ID": external_id}
    return {**row, "Scores": "6-1, 6-2", "Winner": "home", **more}


def history(external_id="p1", *entries: dict, **more) -> dict:
    """A row of player_history.json."""
    return {"league_id": LEAGUE, "player_id": external_id, "matches": list(entries), **more}


def roster(*names: str, team="Elm 1", club="Elm", start=1, **more) -> list[dict]:
    """Players of one team by full name, with ids p1, p2, … from `start`."""
    return [
        player(f"p{number}", *name.split(" ", 1), team=team, club=club, **more)
        for number, name in enumerate(names, start)
    ]


ELM = ("Ann Hale", "Bea Irwin", "Cy Jonas", "Di Kemp")
OAK = ("Eve Lund", "Flo Marsh", "Gil North", "Hal Olsen")


def two_teams() -> list[dict]:
    """Elm 1 with p1 to p4 and Oak 1 with p5 to p8."""
    return roster(*ELM) + roster(*OAK, team="Oak 1", club="Oak", start=5)


def run_of(source: Path, **options) -> ImportRun:
    """An import with whatever outcome."""
    return run_import(Options(Path(source), **options))


def imported(source: Path, **options) -> ImportRun:
    """An import that went through."""
    run = run_of(source, **options)
    assert run.status in (ImportRun.Status.PUBLISHED, ImportRun.Status.UNCHANGED), run.error
    return run


RUN_TABLES = (
    "etlimport_importrun",
    "etlimport_rejectedrow",
    "etlimport_runprogress",
)
"""What a run that fails leaves behind of itself."""


def dump(database=connection, *, but: tuple[str, ...] = RUN_TABLES) -> dict[str, list[tuple]]:
    """Every row of every table of every app, as the database gives it; `but`: tables to leave out."""
    tables = sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)} - {*but})
    with database.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")
            found[table] = sorted(map(repr, cursor.fetchall()))
    return found


CATALOGUE = tuple(
    f"leagues_{name}"
    for name in (
        "league",
        "club",
        "series",
        "team",
        "player",
        "rosterspot",
        "scheduledmatch",
        "matchscore",
        "standing",
        "playerhistory",
    )
)


def catalogue(database=connection) -> dict[str, list[tuple]]:
    """The catalogue alone, ids and `updated_at` included."""
    return {table: rows for table, rows in dump(database).items() if table in CATALOGUE}
