"""Makes rows as the sources write them, in either of two spellings of their fields."""

from random import Random

from etlimport.sample.files import Row
from etlimport.sample.people import Person, rating_history
from etlimport.sample.plan import LeaguePlan
from etlimport.sample.season import Line, Match, figures
from etlimport.sample.teams import Team


def rating_text(rating: int | None) -> str:
    return "N/A" if rating is None else f"{rating / 10:.1f}"


def player_row(plan: LeaguePlan, team: Team, person: Person) -> Row:
    played = person.wins + person.losses
    row: Row = {
        "League": plan.code,
        "Series": team.series,
        "Series Mapping ID": team.team,
        "Club": team.club,
        "Location ID": team.club.upper().replace(" ", "_"),
        "Player ID": person.id,
        "First Name": person.first,
        "Last Name": person.last,
        "PTI": rating_text(person.rating),
        "Wins": str(person.wins),
        "Losses": str(person.losses),
        "Win %": f"{100 * person.wins / max(1, played):.1f}%",
        "Captain": person.captain,
    }
    return in_other_spelling(row) if plan.other_spelling else row


def in_other_spelling(row: Row) -> Row:
    """A player's row as newer scrapers write it: with career figures, numbers instead of texts, `Yes` and `No`."""
    wins, losses = int(row["Wins"]), int(row["Losses"])
    other = {("Team" if key == "Series Mapping ID" else key): value for key, value in row.items()}
    other |= {"Captain": "Yes" if row["Captain"] == "C" else "No", "Wins": wins, "Losses": losses}
    return other | {"Career Wins": 3 * wins, "Career Losses": 3 * losses}


def schedule_row(plan: LeaguePlan, match: Match) -> Row:
    return {
        "date": f"{match.date:%m/%d/%Y}",
        "time": "" if plan.kind == "indoor" else "06:30 pm",
        "home_team": match.home.scheduled,
        "away_team": match.away.scheduled,
        "location": match.home.location,
        "series": match.home.other_series,
        "League": plan.code,
    }


def standing_row(plan: LeaguePlan, random: Random, team: Team) -> Row:
    row: Row = {"series": team.other_series, "team": team.standing, "league_id": plan.code} | figures(random)
    if plan.kind == "indoor":  # as a scraper writes it that has taken the wrong columns
        row |= {"points": 0, "games": {"won": 0, "lost": 0, "percentage": ""}}
    return row


def line_row(plan: LeaguePlan, line: Line) -> Row:
    players = {
        f"{side} Player {number}": person
        for side, pair in (("Home", line.home), ("Away", line.away))
        for number, person in enumerate(pair, 1)
    }
    row: Row = {
        "source_league" if plan.other_spelling else "league_id": plan.code,
        "Date": f"{line.match.date:%d-%b-%y}",
        "Home Team": line.match.home.match_team,
        "Away Team": line.match.away.match_team,
    }
    for label, person in players.items():
        row[label] = person.name if person else ""
        row[f"{label} ID"] = (person.id or None) if person else None
    row |= {"Scores": line.scores, "Winner": line.winner}
    return row | {"Line": f"Line {line.number}"} if plan.other_spelling else row


def history_row(plan: LeaguePlan, random: Random, team: Team, person: Person, average: int) -> Row:
    return {
        "league_id": plan.code,
        "player_id": person.id,
        "name": person.name,
        "series": team.other_series,
        "club": team.club,
        "rating": rating_text(person.rating),
        "wins": person.wins,
        "losses": person.losses,
        "matches": rating_history(random, person, team.other_series, average),
    }
