"""The catalogue, which only the import writes: every page of it is read-only."""

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from leagues.admin.base import ReadOnlyAdmin
from leagues.models import (
    Club,
    FormerKey,
    League,
    MatchScore,
    Player,
    PlayerHistory,
    RosterSpot,
    ScheduledMatch,
    Season,
    Series,
    Standing,
    Team,
    User,
)


@admin.register(League)
class LeagueAdmin(ReadOnlyAdmin):
    """Read-only but for what no source tells: which ratings are the better ones."""

    list_display = ["name", "code", "organization", "is_active", "lower_rating_is_better", "updated_at"]
    readonly_fields = ["code", "key", "name", "organization", "is_active"]
    list_filter = ["is_active", "organization"]
    list_select_related = ["organization"]
    search_fields = ["name", "code", "key"]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return admin.ModelAdmin.has_change_permission(self, request, obj)


@admin.register(Club)
class ClubAdmin(ReadOnlyAdmin):
    list_display = ["name", "key", "updated_at"]
    search_fields = ["name", "key"]


@admin.register(Season)
class SeasonAdmin(ReadOnlyAdmin):
    list_display = ["name", "league", "key", "starts_on", "ends_on", "is_current"]
    list_filter = ["is_current", "league"]
    list_select_related = ["league"]
    search_fields = ["name", "key", "league__name", "league__code"]


@admin.register(Series)
class SeriesAdmin(ReadOnlyAdmin):
    list_display = ["name", "league", "key", "updated_at"]
    list_filter = ["league"]
    list_select_related = ["league"]
    search_fields = ["name", "key"]


@admin.register(Team)
class TeamAdmin(ReadOnlyAdmin):
    list_display = ["name", "league", "season", "series", "club", "squad", "is_active", "updated_at"]
    list_filter = ["is_active", "season__is_current", "league"]
    list_select_related = ["league", "season", "series", "club"]
    search_fields = ["name", "alias", "club__name", "series__name"]


class RosterInline(admin.TabularInline):
    model = RosterSpot
    fields = ["team", "is_captain", "is_co_captain", "wins", "losses", "is_active"]
    can_delete = False
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[RosterSpot]:
        return super().get_queryset(request).select_related("team", "player")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Player)
class PlayerAdmin(ReadOnlyAdmin):
    list_display = [
        "full_name",
        "league",
        "external_id",
        "pti",
        "career_wins",
        "career_losses",
        "is_active",
        "user",
    ]
    list_filter = ["is_active", "league"]
    list_select_related = ["league", "association__user"]
    search_fields = ["first_name", "last_name", "external_id"]
    inlines = [RosterInline]

    @admin.display(ordering="association__user__email")
    def user(self, player: Player) -> User | None:
        return player.association.user if hasattr(player, "association") else None


@admin.register(RosterSpot)
class RosterSpotAdmin(ReadOnlyAdmin):
    list_display = ["player", "team", "league", "is_captain", "wins", "losses", "is_active"]
    list_filter = ["is_active", "is_captain", "team__league"]
    list_select_related = ["player", "team__league"]
    search_fields = ["player__first_name", "player__last_name", "player__external_id", "team__name"]

    @admin.display(ordering="team__league__name")
    def league(self, spot: RosterSpot) -> League:
        return spot.team.league


@admin.register(ScheduledMatch)
class ScheduledMatchAdmin(ReadOnlyAdmin):
    list_display = ["date", "time", "home_team", "away_team", "series", "league", "location", "is_active"]
    list_filter = ["is_active", "date", "league"]
    search_fields = ["home_team__name", "away_team__name", "location"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScheduledMatch]:
        # Not list_select_related, so that the autocomplete fields of other pages have the names of the teams, too.
        return super().get_queryset(request).select_related("home_team", "away_team", "series", "league")


@admin.register(MatchScore)
class MatchScoreAdmin(ReadOnlyAdmin):
    list_display = ["date", "line", "home_label", "away_label", "scores", "winner", "league"]
    list_filter = ["winner", "date", "league", ("home_team", admin.EmptyFieldListFilter)]
    list_select_related = ["league"]
    search_fields = [
        "home_label",
        "away_label",
        "home_player_1_name",
        "home_player_2_name",
        "away_player_1_name",
        "away_player_2_name",
        "source_id",
    ]


@admin.register(Standing)
class StandingAdmin(ReadOnlyAdmin):
    list_display = ["team", "league", "series", "points", "matches_won", "matches_lost", "is_active"]
    list_filter = ["is_active", "team__league"]
    list_select_related = ["team__league", "team__series"]
    search_fields = ["team__name", "team__series__name", "team__club__name"]

    @admin.display(ordering="team__league__name")
    def league(self, standing: Standing) -> League:
        return standing.team.league

    @admin.display(ordering="team__series__name")
    def series(self, standing: Standing) -> Series:
        return standing.team.series


@admin.register(PlayerHistory)
class PlayerHistoryAdmin(ReadOnlyAdmin):
    list_display = ["player", "date", "end_pti", "series_name"]
    list_filter = ["date", "player__league"]
    list_select_related = ["player"]
    search_fields = ["player__first_name", "player__last_name", "player__external_id"]


@admin.register(FormerKey)
class FormerKeyAdmin(ReadOnlyAdmin):
    list_display = ["kind", "league_key", "former_key", "current_key"]
    list_filter = ["kind", "league_key"]
    search_fields = ["former_key", "current_key"]
