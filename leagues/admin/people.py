"""Who people are, which players they are, and what they selected."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm

from leagues.admin.base import ReadOnlyAdmin
from leagues.models import AssociationSuggestion, League, Organization, PlayerAssociation, SelectionAudit, User


@admin.register(Organization)
class OrganizationAdmin(admin.ModelAdmin):
    list_display = ["name"]
    search_fields = ["name"]


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email"]


class UserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


class AssociationInline(admin.TabularInline):
    model = PlayerAssociation
    autocomplete_fields = ["player"]
    extra = 0


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    form = UserForm
    add_form = NewUserForm
    list_display = ["email", "first_name", "last_name", "league_context", "is_staff", "is_active"]
    list_filter = ["is_active", "is_staff", "organization", "league_context", "groups"]
    list_select_related = ["league_context"]
    search_fields = ["email", "first_name", "last_name"]
    ordering = ["email"]
    readonly_fields = ["last_login", "date_joined", "league_context_selected_at"]
    autocomplete_fields = ["organization", "league_context", "team_context"]
    inlines = [AssociationInline]
    fieldsets = [
        (None, {"fields": ["email", "password", "first_name", "last_name", "organization"]}),
        ("Looking at", {"fields": ["league_context", "team_context", "league_context_selected_at"]}),
        ("May do", {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        ("Since", {"fields": ["date_joined", "last_login"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "usable_password", "password1", "password2"]})]


@admin.register(PlayerAssociation)
class PlayerAssociationAdmin(admin.ModelAdmin):
    list_display = ["user", "player", "league", "is_primary", "created_at"]
    list_filter = ["is_primary", "player__league"]
    list_select_related = ["user", "player__league"]
    search_fields = ["user__email", "player__first_name", "player__last_name", "player__external_id"]
    autocomplete_fields = ["user", "player"]

    @admin.display(ordering="player__league__name")
    def league(self, association: PlayerAssociation) -> League:
        return association.player.league


@admin.register(AssociationSuggestion)
class AssociationSuggestionAdmin(admin.ModelAdmin):
    list_display = ["user", "player", "league", "status", "evidence", "created_at", "decided_at"]
    list_filter = ["status", "player__league"]
    list_select_related = ["user", "player__league"]
    search_fields = ["user__email", "player__first_name", "player__last_name", "player__external_id"]
    autocomplete_fields = ["user", "player"]

    @admin.display(ordering="player__league__name")
    def league(self, suggestion: AssociationSuggestion) -> League:
        return suggestion.player.league


@admin.register(SelectionAudit)
class SelectionAuditAdmin(ReadOnlyAdmin):
    list_display = ["selected_at", "user", "league_key", "team_key", "ip_address"]
    list_filter = ["selected_at", "league_key"]
    list_select_related = ["user"]
    search_fields = ["user__email", "league_key", "team_key", "ip_address"]
