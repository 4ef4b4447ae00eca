"""What imports did: to look at and search. Aliases are an operator's own words, and theirs to write."""

from django.contrib import admin

from etlimport.models import Alias, AmbiguousIdentity, HealthSnapshot, IdentityChange, ImportRun, RejectedRow
from leagues.admin.base import ReadOnlyAdmin


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = [
        "id",
        "status",
        "mode",
        "source",
        "started_at",
        "finished_at",
        "health_before",
        "health_after",
        "started_by",
    ]
    list_filter = ["status", "mode", "forced", "dry_run", "started_at"]
    list_select_related = ["started_by"]
    search_fields = ["=id", "source", "error", "started_by__email"]


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


@admin.register(AmbiguousIdentity)
class AmbiguousIdentityAdmin(ReadOnlyAdmin):
    list_display = ["kind", "league_key", "old_label", "new_label", "reason", "status", "decided_by"]
    list_filter = ["status", "kind", "league_key"]
    list_select_related = ["decided_by"]
    search_fields = ["=run__id", "old_label", "new_label", "reason"]


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
