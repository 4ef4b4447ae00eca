"""The pages in the admin of what imports recorded, which are read only, and of aliases, which operators edit."""

from django.contrib import admin

from etlimport.models import Alias, HealthSnapshot, IdentityChange, RejectedRow
from leagues.admin.base import ReadOnlyAdmin


@admin.register(RejectedRow)
class RejectedRowAdmin(ReadOnlyAdmin):
    list_display = ["run", "kind", "file", "index", "reason"]
    list_filter = ["kind", "run__status", "run__started_at"]
    list_select_related = ["run"]
    search_fields = ["=run__id", "file", "reason", "content"]


@admin.register(IdentityChange)
class IdentityChangeAdmin(ReadOnlyAdmin):
    list_display = ["run", "kind", "league_key", "old_label", "new_label", "layer", "evidence"]
    list_filter = ["kind", "layer", "league_key"]
    list_select_related = ["run"]
    search_fields = ["=run__id", "old_label", "new_label", "evidence"]


@admin.register(Alias)
class AliasAdmin(admin.ModelAdmin):
    list_display = ["kind", "league_key", "label", "means"]
    list_filter = ["kind", "league_key"]
    search_fields = ["label", "means"]


@admin.register(HealthSnapshot)
class HealthSnapshotAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "score", "band", "run"]
    list_filter = ["band", "created_at"]
    list_select_related = ["run"]
    search_fields = ["=run__id", "band"]
