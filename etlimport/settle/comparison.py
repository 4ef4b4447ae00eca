"""What is known of the two rows of a question, side by side, for the operator who decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from etlimport.models import AmbiguousIdentity
from leagues.models import MatchScore, Player, RosterSpot, Team
from leagues.season import SEATS

MATES = 12
"""How many others of a roster are named."""


@dataclass(frozen=True)
class Fact:
    """What is known of one thing about both rows; `differs`: whether it speaks against their being one."""

    name: str
    old: str
    new: str

    @property
    def differs(self) -> bool:
        return self.old != self.new


def compared(ambiguity: AmbiguousIdentity) -> list[Fact]:
    """The facts about both rows; none about a row that is gone."""
    tell = facts_of_player if ambiguity.kind == AmbiguousIdentity.Kind.PLAYER else facts_of_team
    old, new = tell(ambiguity.old_id), tell(ambiguity.new_id)
    return [Fact(name, old.get(name, "–"), new.get(name, "–")) for name in old or new]


def facts_of_player(pk: int) -> dict[str, str]:
    player = Player.objects.filter(pk=pk).first()
    if player is None:
        return {}
    spots = list(RosterSpot.objects.filter(player=player).select_related("team__club").order_by("-is_active", "pk"))
    here = [spot for spot in spots if spot.is_active] or spots
    mates = Player.objects.filter(roster_spots__team__in=[spot.team_id for spot in here]).exclude(pk=pk)
    seated = Q()
    for seat in SEATS:
        seated |= Q(**{seat: pk})
    played = MatchScore.objects.filter(seated, is_active=True)
    return {
        "player id": player.external_id,
        "team": joined(spot.team.name for spot in here),
        "club": joined(dict.fromkeys(spot.team.club.name for spot in here)),
        "record": joined(f"{spot.wins}–{spot.losses}" for spot in here if spot.wins is not None),
        "career": f"{player.career_wins}–{player.career_losses}" if player.career_wins is not None else "–",
        "rating": str(player.pti) if player.pti is not None else "–",
        "roster mates": names_of(mates),
        "matches": span(list(played.order_by("date").values_list("date", flat=True))),
        **dates(player),
    }


def facts_of_team(pk: int) -> dict[str, str]:
    team = Team.objects.filter(pk=pk).select_related("club", "series").first()
    if team is None:
        return {}
    played = MatchScore.objects.filter(Q(home_team=pk) | Q(away_team=pk), is_active=True)
    return {
        "series": team.series.name,
        "club": team.club.name,
        "squad": team.squad or "–",
        "roster": names_of(Player.objects.filter(roster_spots__team=pk)),
        "matches": span(list(played.order_by("date").values_list("date", flat=True))),
        **dates(team),
    }


def names_of(players: QuerySet[Player]) -> str:
    """The names of the first ones, and how many there are beyond these."""
    found = list(players.order_by("last_name", "first_name").distinct()[: MATES + 1])
    further = f" and {players.distinct().count() - MATES} more" if len(found) > MATES else ""
    return joined(player.full_name for player in found[:MATES]) + further


def dates(row: Player | Team) -> dict[str, str]:
    seen = f"{row.created_at:%Y-%m-%d} to "
    return {"in the source": seen + ("now" if row.is_active else f"{row.updated_at:%Y-%m-%d}")}


def span(days: Sequence[date]) -> str:
    return f"{len(days)}, {days[0]} to {days[-1]}" if days else "–"


def joined(texts: Iterable[str]) -> str:
    return ", ".join(texts) or "–"
