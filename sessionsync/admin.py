from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Count, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import ngettext

from sessionsync import publishing
from sessionsync.conf import option
from sessionsync.models import RefreshSignal, SystemSetting, UserSession
from sessionsync.sessions import end_sessions

Signals = QuerySet[RefreshSignal]


# At runtime ModelAdmin takes no type parameter.
class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows to look at and act on. Only the site itself adds and changes them."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class AgeFilter(admin.SimpleListFilter):
    title = "age"
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "Up to a day"), ("7", "Up to a week"), ("older", "Older than a week")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        match self.value():
            case "older":
                return queryset.filter(created_at__lt=now - timedelta(days=7))
            case "1" | "7" as days:
                return queryset.filter(created_at__gte=now - timedelta(days=int(days)))
        return queryset


@admin.register(RefreshSignal)
class RefreshSignalAdmin(ReadOnlyAdmin):
    list_display = ["email", "refresh_reason", "league_name", "is_refreshed", "created_at", "refreshed_at"]
    list_filter = ["is_refreshed", AgeFilter, "refresh_reason"]
    search_fields = ["email", "league_name"]
    ordering = ["-created_at"]
    actions = ["complete", "arm_again", "delete_old"]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        totals = RefreshSignal.objects.aggregate(
            pending=Count("pk", filter=Q(is_refreshed=False)),
            completed=Count("pk", filter=Q(is_refreshed=True)),
        )
        subtitle = "{pending:,} pending · {completed:,} completed".format(**totals)
        return super().changelist_view(request, {"subtitle": subtitle, **(extra_context or {})})

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("sessionsync.change_refreshsignal")

    @admin.action(description="Complete", permissions=["act"])
    def complete(self, request: HttpRequest, queryset: Signals) -> None:
        number = publishing.complete_signals(queryset)
        self.tell(request, queryset, number, "Completed %d signal.", "Completed %d signals.")

    @admin.action(description="Arm again: their sessions refresh once more", permissions=["act"])
    def arm_again(self, request: HttpRequest, queryset: Signals) -> None:
        number = queryset.count()
        publishing.arm_again(queryset)
        self.tell(request, queryset, number, "Armed %d signal again.", "Armed %d signals again.")

    @admin.action(description="Delete all old completed signals, chosen or not", permissions=["delete"])
    def delete_old(self, request: HttpRequest, queryset: Signals) -> None:
        number = publishing.delete_old_signals(option("SIGNAL_RETENTION_DAYS"))
        self.tell(request, queryset.none(), number, "Deleted %d old signal.", "Deleted %d old signals.")

    def tell(self, request: HttpRequest, queryset: Signals, number: int, one: str, many: str) -> None:
        """Show what was done, and note it in the history of these signals."""
        message = ngettext(one, many, number) % number
        for signal in queryset[:100]:
            self.log_change(request, signal, message)
        self.message_user(request, message)


@admin.register(UserSession)
class UserSessionAdmin(ReadOnlyAdmin):
    """Deleting a session logs its browser out. Session keys and contents are never shown."""

    list_display = ["id", "user", "ip_address", "user_agent", "created_at", "last_seen", "expire_date"]
    list_filter = ["last_seen", "expire_date"]
    list_select_related = ["user"]
    search_fields = [f"user__{get_user_model().USERNAME_FIELD}", "ip_address"]
    fields = ["user", "ip_address", "user_agent", "created_at", "last_seen", "expire_date"]

    def delete_model(self, request: HttpRequest, obj: UserSession) -> None:
        end_sessions(UserSession.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[UserSession]) -> None:
        end_sessions(queryset)


@admin.register(SystemSetting)
class SystemSettingAdmin(ReadOnlyAdmin):
    list_display = ["key", "value", "updated_at"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
