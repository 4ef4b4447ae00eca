"""The pages of alerts in the admin: what was wrong, from when until when, and which notices were sent."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from etlimport.models import AlertIncident, AlertNotice
from leagues.admin.base import ReadOnlyAdmin


class NoticeInline(admin.TabularInline):
    model = AlertNotice
    fields = ["event", "channel", "created_at", "sent_at", "error"]
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(AlertIncident)
class AlertIncidentAdmin(ReadOnlyAdmin):
    list_display = ["key", "message", "first_seen", "closed_at"]
    list_filter = ["key", ("closed_at", admin.EmptyFieldListFilter), "first_seen"]
    search_fields = ["key", "message"]
    inlines = [NoticeInline]
