"""Who is who inside one snapshot, from files to rows: the quirks of series, clubs, squads and teams."""

import pytest

from etlimport.models import RejectedRow
from etlimport.tests.sources import imported, line, match, player, standing
from leagues.models import Club, MatchScore, RosterSpot, ScheduledMatch, Series, Standing, Team

pytestmark = pytest.mark.django_db


def squads(**where) -> set[tuple[str, str, str]]:
    """(club, series key, squad) of every team."""
    return set(Team.objects.filter(**where).values_list("club__name", "series__key", "squad"))


def test_series_styles_and_team_separators_are_one(snapshot):
    """`Chicago 15 SW`, `Series 15 SW`, `Division 15 SW`; `Elm - 15 SW` and `Elm 15 SW`."""
    imported(
        snapshot(
            players=[
                player("p1", team="Elm - 15 SW", club="Elm", series="Chicago 15 SW"),
                player("p2", "Bo", team="Oak - 15 SW", club="Oak", series="Chicago 15 SW"),
                player("p3", "Cy", team="Oak - 7", club="Oak", series="Chicago 7"),
            ],
            schedules=[match("Elm 15 SW", "Oak 15 SW", series="Series  15 SW")],
            series_stats=[standing("Elm - 15 SW", "Division 15 SW"), standing("Oak 15 SW", "15 SW")],
        )
    )
    assert squads() == {("Elm", "15-sw", ""), ("Oak", "15-sw", ""), ("Oak", "7", "")}
    assert ScheduledMatch.objects.get().series == Standing.objects.get(team__club__name="Elm").team.series
    assert not RejectedRow.objects.exists()


def test_series_that_only_differ_in_their_first_word_stay_apart(snapshot):
    imported(
        snapshot(
            players=[
                player("p1", team="Elm Boys 12", series="Boys 12"),
                player("p2", "Bo", team="Elm Girls 12", series="Girls 12"),
            ]
        )
    )
    assert Series.objects.count() == 2
    assert Team.objects.count() == 2


def test_bare_letters_are_series(snapshot):
    imported(
        snapshot(
            players=[player(team="Birchwood F", series="Series F", club="Birchwood")],
            schedules=[match("Birchwood F - Series F", "Oak F - Series F", series="Series F")],
            series_stats=[standing("Birchwood F", "F"), standing("Oak F", "F")],
        )
    )
    assert squads() == {("Birchwood", "f", ""), ("Oak", "f", "")}


def test_a_series_named_like_its_region_is_no_series_of_its_own(snapshot):
    imported(
        snapshot(
            players=[
                player("p1", team="Midtown - Chicago - 6", club="Midtown", series="Chicago Chicago"),
                player("p2", "Bo", team="Oak - 6", club="Oak", series="Chicago 6"),
                player("p3", "Cy", team="Oak - 7", club="Oak", series="Chicago 7"),
            ],
            schedules=[match("Midtown - Chicago - 6 - 6", "Oak - 6", series="Chicago 6")],
        )
    )
    assert set(Series.objects.values_list("key", flat=True)) == {"6", "7"}
    assert squads(club__name="Midtown") == {("Midtown", "6", "")}
    assert RosterSpot.objects.get(player__external_id="p1").team == ScheduledMatch.objects.get().home_team


def test_squads_one_and_two_are_two_teams_of_one_club(snapshot):
    imported(
        snapshot(
            players=[
                player("p1", team="Hinsdale PC I - 11 SW", club="Hinsdale PC", series="Chicago 11 SW"),
                player("p2", "Bo", team="Hinsdale PC II - 11 SW", club="Hinsdale PC", series="Chicago 11 SW"),
            ],
            schedules=[match("Hinsdale PC I - 11 SW", "Hinsdale PC II - 11 SW", series="Chicago 11 SW")],
        )
    )
    assert squads() == {("Hinsdale PC", "11-sw", "i"), ("Hinsdale PC", "11-sw", "ii")}


def test_squads_a_and_b_are_squads_of_the_series_the_league_names(snapshot):
    imported(
        snapshot(
            players=[
                player("p1", team="Winnetka 5a", club="Winnetka 5a", series="Division 5a"),
                player("p2", "Bo", team="Winnetka 5b", club="Winnetka", series="Division 5b"),
                player("p3", "Cy", team="Elm 5", club="Elm", series="Division 5"),
            ],
            series_stats=[standing(team, "Series 5") for team in ("Winnetka 5a", "Winnetka 5b", "Elm 5")],
        )
    )
    assert squads() == {("Winnetka", "5", "a"), ("Winnetka", "5", "b"), ("Elm", "5", "")}
    assert Club.objects.count() == 2
    assert Series.objects.count() == 1


def test_t1_and_t2_are_two_teams(snapshot):
    teams = ("Wilmette S1 T1", "Wilmette S1 T2", "Elm S1")
    imported(
        snapshot(
            players=[
                player(f"p{number}", f"Ann{number}", team=team, club=team.split()[0])
                for number, team in enumerate(teams)
            ],
            series_stats=[standing(team) for team in teams],
        )
    )
    assert squads() == {("Wilmette", "1", "t1"), ("Wilmette", "1", "t2"), ("Elm", "1", "")}


def test_a_number_in_brackets_is_a_squad_however_it_is_spaced(snapshot):
    imported(
        snapshot(
            players=[
                player("p1", team="Wilmette H (1)", club="Wilmette", series="Series H"),
                player("p2", "Bo", team="Wilmette H (2)", club="Wilmette", series="Series H"),
            ],
            series_stats=[standing("Wilmette H(1)", "Series H"), standing("Wilmette H(2)", "Series H")],
        )
    )
    assert squads() == {("Wilmette", "h", "1"), ("Wilmette", "h", "2")}


def test_two_blanks_are_one(snapshot):
    imported(
        snapshot(
            players=[player(team="Lake Forest  S1", club="Lake Forest", series="Series 1")],
            series_stats=[standing("Lake Forest S1", "Series  1")],
        )
    )
    assert Team.objects.count() == 1


def test_a_doubled_suffix_is_one(snapshot):
    imported(
        snapshot(
            series_stats=[standing("Wilmette - 99 A", "Chicago 99"), standing("Elm - 99", "Chicago 99")],
            schedules=[match("Wilmette - 99 A - 99", "Elm - 99 - 99", series="Chicago 99")],
        )
    )
    assert squads() == {("Wilmette", "99", "a"), ("Elm", "99", "")}


def test_a_bye_is_no_team_and_its_row_is_rejected(snapshot):
    imported(
        snapshot(
            players=[player(team="Elm - 9 SW", series="Chicago 9 SW")],
            schedules=[
                match("Elm - 9 SW", " - 9 SW", series="Chicago 9 SW", location="BYE"),
                match("Elm - 9 SW", "BYE", series="Chicago 9 SW"),
            ],
        )
    )
    assert squads() == {("Elm", "9-sw", "")}
    assert not ScheduledMatch.objects.exists()
    assert [row.reason[:19] for row in RejectedRow.objects.all()] == ["names only one team"] * 2


def test_the_suffix_of_a_team_in_its_club_is_no_part_of_the_club(snapshot):
    imported(
        snapshot(
            players=[
                player("p1", team="Birchwood 13a", club="Birchwood 13a", series="Division 13a"),
                player("p2", "Bo", team="Birchwood 4", club="Birchwood", series="Division 4"),
            ],
            series_stats=[standing("Birchwood 13a", "Series 13"), standing("Birchwood 4", "Series 4")],
        )
    )
    assert list(Club.objects.values_list("name", flat=True)) == ["Birchwood"]


def test_a_team_named_as_its_series_is_a_team(snapshot):
    imported(snapshot(series_stats=[standing("Legends", "Legends")]))
    assert Team.objects.get().name == "Legends"


def test_a_league_without_players_has_teams_lines_and_standings(snapshot):
    imported(
        snapshot(
            schedules=[match("Elm", "Oak", series="Series 3.0 - 3.5 Singles Thur", League="CITA")],
            series_stats=[standing(team, "Series 3.0 - 3.5 Singles Thur", league_id="CITA") for team in ("Elm", "Oak")],
            match_history=[line("Elm", "Oak", (None,) * 4, league_id="CITA"), line("Who", "Oak", (None,) * 4)],
        )
    )
    assert Team.objects.count() == 2
    assert MatchScore.objects.get(home_label="Elm").home_team.name == "Elm"
    unknown = MatchScore.objects.get(home_label="Who")
    assert (unknown.home_team, unknown.league.code) == (None, "NSTF")


def test_a_line_label_that_two_series_share_is_kept_and_not_guessed(snapshot):
    run = imported(
        snapshot(
            series_stats=[standing("Elm", "Series 3.0"), standing("Elm", "Series 4.0"), standing("Oak", "Series 3.0")],
            match_history=[line("Elm", "Oak", (None,) * 4)],
        )
    )
    score = MatchScore.objects.get()
    assert (score.home_label, score.home_team, score.away_team.name) == ("Elm", None, "Oak")
    assert run.counts["files"]["match_history.json"]["inserted"] == 1


def test_twins_that_contradict_are_reported_and_equal_ones_are_not(snapshot):
    run = imported(
        snapshot(series_stats=[standing(), standing(), standing(points=99), standing("Oak 1", points=3)]),
    )
    (row,) = RejectedRow.objects.all()
    assert (row.kind, row.index) == (RejectedRow.Kind.CONTRADICTION, 2)
    assert "Elm 1" in row.reason
    assert Standing.objects.get(team__name="Elm 1").points == 10
    assert run.counts["files"]["series_stats.json"]["duplicate"] == 2


def test_both_spellings_of_fields_and_both_layouts_are_read(tmp_path, snapshot):
    flat = snapshot(
        players=[
            {
                "source_league": "NSTF",
                "Series": "Series 1",
                "Team": "Elm 1",
                "Club": "Elm",
                "Player ID": "p1",
                "First Name": "Ann",
                "Last Name": "Hale",
                "Captain": "Yes",
                "Wins": 3,
                "Career Wins": "12",
            }
        ]
    )
    source = tmp_path / "leagues"
    (source / "NSTF").mkdir(parents=True)
    (flat / "players.json").rename(source / "NSTF" / "players.json")
    imported(source)
    spot = RosterSpot.objects.select_related("player").get()
    assert (spot.is_captain, spot.wins, spot.player.career_wins, spot.team.name) == (True, 3, 12, "Elm 1")


# The next snapshot


@pytest.mark.parametrize("in_one", ["players", "series_stats"])
def test_a_series_with_a_letter_in_one_file_and_a_number_in_the_others_is_one(snapshot, in_one):
    spelled = dict.fromkeys(("players", "schedules", "series_stats"), "Series 99") | {in_one: "Series A"}
    teams = [
        player("p1", team="Elm 99 A", series=spelled["players"]),
        player("p2", "Bea", "Irwin", team="Oak 99 A", club="Oak", series=spelled["players"]),
    ]
    tables = [standing(team, spelled["series_stats"]) for team in ("Elm 99 A", "Oak 99 A")]
    fixtures = [match("Elm 99 A", "Oak 99 A", series=spelled["schedules"])]
    imported(snapshot(players=teams, schedules=fixtures, series_stats=tables))
    assert sorted(Team.objects.values_list("name", "series__name")) == [
        ("Elm 99 A", "Series 99"),
        ("Oak 99 A", "Series 99"),
    ]


@pytest.mark.parametrize("label", ["BYE", "BYE - 11", "Bye 1", "Practice", "TBD", " - Legends"])
def test_a_placeholder_is_no_team_and_no_match(snapshot, label):
    named = {"series": "Legends"}
    imported(snapshot(schedules=[match("Elm", "Oak", **named), match("Elm", label, date="10/01/2024", **named)]))
    assert sorted(Team.objects.values_list("name", flat=True)) == ["Elm", "Oak"]
    assert ScheduledMatch.objects.count() == 1
