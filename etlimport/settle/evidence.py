"""What speaks against two rows being the same thing."""

from django.db.models import Q

from leagues.models import CatalogueModel, MatchScore, Player, PlayerAssociation, ScheduledMatch, Team

PLACES = ("home_player_1", "home_player_2", "away_player_1", "away_player_2")
SIDES = ("home_team", "away_team")


def reasons_against(model: type[Player] | type[Team], old_id: int, new_id: int) -> list[str]:
    """In words; empty where the two may be merged."""
    rows = model.objects.in_bulk([old_id, new_id])
    if len(rows) < 2:
        return ["One of the two rows is gone: there is nothing left to merge."]
    old, new = rows[old_id], rows[new_id]
    if old.league_id != new.league_id:
        return [f"{old} is of {old.league}, {new} of {new.league}: what is in two leagues is two."]
    if isinstance(old, Player) and isinstance(new, Player):
        return against_players(old, new)
    assert isinstance(old, Team)
    assert isinstance(new, Team)
    return against_teams(old, new)


def against_players(old: Player, new: Player) -> list[str]:
    reasons = []
    owners = list(PlayerAssociation.objects.filter(player__in=[old, new]).select_related("user"))
    if len({association.user_id for association in owners}) > 1:
        emails = " and ".join(sorted(association.user.email for association in owners))
        reasons.append(f"The two players belong to two users, {emails}: unlink one of them first.")
    lines = MatchScore.objects.filter(is_active=True)
    if (line := lines.filter(among(PLACES, old), among(PLACES, new)).first()) is not None:
        reasons.append(f"Both played in one match ({line}): they are two people.")
    return reasons


def against_teams(old: Team, new: Team) -> list[str]:
    if old.season_id != new.season_id:
        return [f"{old} is of {old.season}, {new} of {new.season}: a team is a team of one season."]
    together = among(SIDES, old), among(SIDES, new)
    line = MatchScore.objects.filter(is_active=True).filter(*together).first()
    met = line or ScheduledMatch.objects.filter(*together).first()
    return [f"The two meet in one match ({met}): they are two teams."] if met else []


def among(fields: tuple[str, ...], row: CatalogueModel) -> Q:
    """Where one of these references leads to the row."""
    found = Q()
    for field in fields:
        found |= Q(**{field: row})
    return found
