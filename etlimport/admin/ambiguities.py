"""The questions that imports could not answer: whether two rows are the same thing. An operator decides."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from etlimport.models import AmbiguousIdentity, ImportRun
from etlimport.operations import roles
from etlimport.settle import settle_different, settle_same
from etlimport.settle.comparison import compared
from leagues.admin.base import ReadOnlyAdmin
from leagues.requests import Request

Status = AmbiguousIdentity.Status


@admin.register(AmbiguousIdentity)
class AmbiguousIdentityAdmin(ReadOnlyAdmin):
    list_display = ["new_label", "old_label", "decision", "status", "reason", "decided_by"]
    list_filter = ["status", "kind", "league_key"]
    list_select_related = ["decided_by"]
    search_fields = ["=run__id", "old_label", "new_label", "reason"]

    def get_list_display(self, request: HttpRequest) -> list[str | Callable[[Any], str | bool]]:
        may = request.user.has_perm(roles.SETTLE)
        return [name for name in self.list_display if may or name != "decision"]

    @admin.display(description="decide")
    def decision(self, ambiguity: AmbiguousIdentity) -> str:
        if ambiguity.status != Status.OPEN:
            return "–"
        return format_html(
            '<a href="{}">same</a> · <a href="{}">different</a>',
            decide_url(ambiguity, Status.SAME),
            decide_url(ambiguity, Status.DIFFERENT),
        )

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(self.decide)
        return [path("<int:pk>/<str:answer>/decide/", decide, name="decide_identity"), *super().get_urls()]

    def decide(self, request: Request, pk: int, answer: str) -> HttpResponse:
        """Asks for a confirmation, then records the decision."""
        if not request.user.has_perm(roles.SETTLE):
            raise PermissionDenied
        if answer not in (Status.SAME, Status.DIFFERENT):
            raise Http404
        ambiguity = get_object_or_404(AmbiguousIdentity, pk=pk)
        if request.method == "POST":
            return self.settle(request, ambiguity, answer)
        context = {
            **self.admin_site.each_context(request),
            "title": "Are these two the same?",
            "opts": self.opts,
            "ambiguity": ambiguity,
            "answer": answer,
            "facts": compared(ambiguity),
        }
        return TemplateResponse(request, "admin/etlimport/decide.html", context)

    def settle(self, request: Request, ambiguity: AmbiguousIdentity, answer: str) -> HttpResponse:
        run = None
        if ambiguity.status != Status.OPEN:
            messages.warning(request, f"That was decided before: {ambiguity.get_status_display()}.")
        elif answer == Status.SAME:
            run = settle_same(ambiguity, by=request.user)
            report_outcome(request, ambiguity, run)
        else:
            settle_different(ambiguity, by=request.user)
            messages.success(request, f"{ambiguity.old_label} and {ambiguity.new_label} stay two.")
        outcome = f" (run {run.pk}: {run.get_status_display()})" if run else ""
        LogEntry.objects.log_actions(
            user_id=request.user.pk,
            queryset=[ambiguity],
            action_flag=CHANGE,
            change_message=f"Decided: {answer}{outcome}.",
            single_object=True,
        )
        return redirect(reverse("admin:index"))


def report_outcome(request: Request, ambiguity: AmbiguousIdentity, run: ImportRun) -> None:
    if run.status == ImportRun.Status.PUBLISHED:
        messages.success(request, f"{ambiguity.old_label} and {ambiguity.new_label} are one now (run {run.pk}).")
    else:
        messages.error(request, f"Nothing was changed. {run.error}")


def decide_url(ambiguity: AmbiguousIdentity, answer: str) -> str:
    return reverse("admin:decide_identity", args=[ambiguity.pk, answer])
