"""A good row of each kind of file, as scrapers write them."""

from etlimport.kinds import KINDS

PLAYER = {
    "League": "ELM",
    "Series": "Division 5",
    "Series Mapping ID": "Oak 5",
    "Club": "Oak",
    "Location ID": "OAK",
    "Player ID": "p-1",
    "First Name": "Ann",
    "Last Name": "O'Neil",
    "PTI": "-21.6",
    "Wins": "5",
    "Losses": 7,
    "Win %": "41.7%",
    "Captain": "C",
}
SCHEDULE = {
    "date": "09/24/2024",
    "time": "06:30 pm",
    "home_team": "Oak - 5",
    "away_team": "Ash - 5",
    "location": "Oak Hall",
    "series": "Division 5",
    "League": "ELM",
}
STANDING = {
    "series": "Division 5",
    "team": "Oak 5",
    "league_id": "ELM",
    "points": 147,
    "matches": {"won": 14, "lost": 3, "tied": 1, "percentage": "77.8%"},
    "lines": {"won": 45, "lost": 26, "for": 0, "ret": 0, "percentage": "63.4%"},
    "sets": {"won": "92", "lost": "62", "percentage": "59.7%"},
    "games": {"won": 777, "lost": None, "percentage": ""},
}
LINE = {
    "league_id": "ELM",
    "Date": "09-Jan-25",
    "Home Team": "Oak 5",
    "Away Team": "Ash 5",
    "Home Player 1": "Ann Oak",
    "Home Player 1 ID": "p-1",
    "Home Player 2": "Bea Oak",
    "Home Player 2 ID": "p-2",
    "Away Player 1": "Cat Ash",
    "Away Player 1 ID": None,
    "Away Player 2": "",
    "Away Player 2 ID": None,
    "Scores": "6-3, 6-1",
    "Winner": "home",
}
HISTORY = {
    "league_id": "ELM",
    "player_id": "p-1",
    "name": "Ann Oak",
    "matches": [
        {"date": "04/05/2025", "end_pti": "-21.6", "series": "Division 5"},
        {"date": "04/12/2025", "end_pti": 3, "series": "Division 5"},
    ],
}
GOOD = dict(zip(KINDS, (PLAYER, SCHEDULE, STANDING, LINE, HISTORY), strict=True))
