from leagues.models.base import CatalogueModel
from leagues.models.catalogue import Club, League, Player, RosterSpot, Season, Series, Team
from leagues.models.former import FormerKey
from leagues.models.matches import MatchScore, PlayerHistory, ScheduledMatch, Standing
from leagues.models.owned import (
    Availability,
    CaptainMessage,
    Poll,
    PollChoice,
    PollResponse,
    PracticeTime,
)
from leagues.models.people import (
    AssociationSuggestion,
    Organization,
    PlayerAssociation,
    SelectionAudit,
    User,
)

__all__ = [
    "AssociationSuggestion",
    "Availability",
    "CaptainMessage",
    "CatalogueModel",
    "Club",
    "FormerKey",
    "League",
    "MatchScore",
    "Organization",
    "Player",
    "PlayerAssociation",
    "PlayerHistory",
    "Poll",
    "PollChoice",
    "PollResponse",
    "PracticeTime",
    "RosterSpot",
    "ScheduledMatch",
    "Season",
    "SelectionAudit",
    "Series",
    "Standing",
    "Team",
    "User",
]
