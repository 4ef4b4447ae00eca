"""Who is who inside one snapshot, from files to rows: the quirks of series, clubs, squads and teams."""

from itertools import pairwise

import pytest

from etlimport.models import RejectedRow
from etlimport.tests.sources import imported, line, match, player, roster, standing, two_teams
from leagues.models import Club, League, MatchScore, Player, RosterSpot, ScheduledMatch, Series, Standing, Team

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


def test_a_league_whose_code_changes_its_case_is_the_same(snapshot):
    imported(snapshot(players=roster("Ann Hale", "Bea Irwin")))
    ids = set(League.objects.values_list("pk"))
    imported(snapshot(players=roster("Ann Hale", "Bea Irwin", League="nstf")))
    assert set(League.objects.values_list("pk")) == ids


def test_restyled_series_and_teams_keep_their_rows(snapshot):
    def season(style: str, between: str) -> dict:
        return {
            "players": [
                player(f"{club}{number}", club, f"No {number}", f"{club}{between}{number}", f"{style} {number}", club)
                for club in ("Elm", "Oak")
                for number in (1, 2, 3)
            ]
        }

    imported(snapshot(**season("Chicago", " - ")))
    before = set(Team.objects.values_list("pk", "series_id", "club_id"))
    run = imported(snapshot(**season("Flight", " #")))
    assert set(Team.objects.values_list("pk", "series_id", "club_id")) == before
    assert Team.objects.filter(is_active=True).count() == 6
    assert run.counts["things"]["series"]["inserted"] == 0


def test_a_renamed_club_keeps_its_row_and_its_teams(snapshot):
    names = [("Elm", number) for number in (1, 2)] + [("Oak", number) for number in (1, 2)]

    def season(spelled: dict) -> list:
        return [
            player(f"{club}{n}{who}", f"{who}{club}", "Hale", f"{spelled[club]} {n}", f"Series {n}", club=spelled[club])
            for club, n in names
            for who in "ABCD"
        ]

    imported(snapshot(players=season({"Elm": "Elm", "Oak": "Oak"})))
    elm, teams = Club.objects.get(name="Elm"), set(Team.objects.values_list("pk", flat=True))
    run = imported(snapshot(players=season({"Elm": "Elm Park Racquet", "Oak": "Oak"})))
    elm.refresh_from_db()
    assert elm.name == "Elm Park Racquet"
    assert set(Team.objects.values_list("pk", flat=True)) == teams
    assert run.identity_changes.filter(kind="team", layer="shared roster").count() == 2


def test_squads_that_exchange_their_labels_are_told_by_their_rosters(snapshot):
    one, two = ("Ann Hale", "Bea Irwin"), ("Eve Lund", "Flo Marsh")
    imported(snapshot(players=roster(*one, team="Elm I - 1") + roster(*two, team="Elm II - 1", start=3)))
    spots = set(RosterSpot.objects.values_list("player__external_id", "team_id"))
    imported(snapshot(players=roster(*one, team="Elm II - 1") + roster(*two, team="Elm I - 1", start=3)))
    active = RosterSpot.objects.filter(is_active=True)
    assert set(active.values_list("player__external_id", "team_id")) == spots
    assert active.get(player__external_id="p1").team.name == "Elm II - 1"


def test_a_league_is_not_taken_for_an_absent_one_whose_ids_other_people_bear(snapshot):
    imported(snapshot(players=two_teams()))
    strangers = [player(row["Player ID"], "Zoe", f"Of {row['Last Name']}", League="CITA") for row in two_teams()[:7]]
    imported(snapshot(players=strangers))
    assert set(League.objects.values_list("key", flat=True)) == {"nstf", "cita"}


def test_a_league_that_took_in_all_of_a_small_absent_one_is_another(snapshot):
    imported(snapshot(players=two_teams()[:3]))
    imported(snapshot(players=[row | {"League": "CITA"} for row in two_teams()]))
    assert set(League.objects.values_list("key", flat=True)) == {"nstf", "cita"}


def test_a_league_the_source_still_names_has_not_left_though_it_was_not_asked_for(snapshot):
    imported(snapshot(players=two_teams()))
    both = two_teams() + [row | {"League": "SUMMER"} for row in two_teams()]
    imported(snapshot(players=both), leagues=("SUMMER",))
    assert set(League.objects.values_list("key", flat=True)) == {"nstf", "summer"}


def test_a_renamed_league_is_known_by_its_people(snapshot):
    imported(snapshot(players=two_teams()))
    league = League.objects.get().pk
    imported(snapshot(players=[row | {"League": "NORTH"} for row in two_teams()]))
    assert (League.objects.get().pk, League.objects.get().key) == (league, "north")


@pytest.mark.parametrize("squad", ["1" * 60, "İ" * 60, "ß" * 60])
def test_a_squad_longer_than_its_column_is_a_squad(snapshot, squad):
    long = [row | {"Series Mapping ID": f"Elm ({squad})"} for row in two_teams()[:4]]
    imported(snapshot(players=[*long, *two_teams()]))
    teams = Team.objects.filter(club__name="Elm").values_list("name", flat=True)
    assert set(teams) == {"Elm 1", f"Elm ({squad})"}


def without_rosters(*teams: str) -> dict:
    """A league that has a schedule and a table and no players."""
    fixtures = [match(home, away, date=f"10/{day:02}/2024") for day, (home, away) in enumerate(pairwise(teams), 1)]
    return {"schedules": fixtures, "series_stats": [standing(team) for team in teams]}


@pytest.mark.parametrize("newcomer", ["Elm II", "Elm 2", "Elm A"])
def test_a_label_that_did_not_change_is_the_same_team_when_a_second_squad_joins(snapshot, newcomer):
    first = {"Elm II": "Elm I", "Elm 2": "Elm 1", "Elm A": "Elm B"}[newcomer]
    imported(snapshot(**without_rosters(first, "Oak", "Fir")))
    before = Team.objects.get(name=first)
    imported(snapshot(**without_rosters(first, "Oak", "Fir", newcomer)))
    assert Team.objects.get(name=first, is_active=True).pk == before.pk
    assert Team.objects.filter(is_active=True).count() == 4
    imported(snapshot(**without_rosters(first, "Oak", "Fir")))
    assert Team.objects.get(name=first, is_active=True).pk == before.pk


@pytest.mark.parametrize("remark", ["(Withdrawn)", "[withdrawn]", "(Dropped)"])
def test_a_team_that_has_withdrawn_is_the_team_it_was(snapshot, remark):
    imported(snapshot(**without_rosters("Elm", "Oak", "Fir")))
    before = Team.objects.get(name="Oak")
    imported(snapshot(**without_rosters("Elm", f"Oak {remark}", "Fir")))
    assert Team.objects.get(pk=before.pk).is_active
    assert Team.objects.count() == 3


def test_a_series_with_a_letter_in_one_file_and_a_number_in_the_others_is_one(snapshot):
    letters = [
        player("p1", team="Elm 99 A", series="Series A"),
        player("p2", "Bea", "Irwin", team="Oak 99 A", club="Oak", series="Series A"),
    ]
    official = {"series": "Series 99"}
    imported(
        snapshot(
            players=letters,
            schedules=[match("Elm 99 A", "Oak 99 A", **official)],
            series_stats=[standing("Elm 99 A", **official), standing("Oak 99 A", **official)],
        )
    )
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


@pytest.mark.parametrize("code", ["APTACHICAGO", "apta chicago", "APTA-Chicago", "ATPA_CHICAGO"])
def test_a_misspelled_league_code_is_that_league_and_told(snapshot, code):
    rows = [row | {"League": "APTA_CHICAGO"} for row in two_teams()]
    imported(snapshot(players=rows))
    run = imported(snapshot(players=[row | {"League": code} for row in rows]))
    assert League.objects.count() == 1
    assert Player.objects.filter(is_active=True).count() == 8
    is_new_spelling = code in ("APTACHICAGO", "ATPA_CHICAGO")
    assert any("is taken for 'APTA_CHICAGO'" in warning for warning in run.warnings) == is_new_spelling


def test_a_league_of_another_code_is_another_league(snapshot):
    rows = two_teams()
    imported(snapshot(players=rows))
    imported(snapshot(players=[*rows, player("q1", "Uma", "Vale", League="NSTE")]))
    assert League.objects.count() == 2
