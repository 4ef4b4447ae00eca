"""The pages of import runs in the admin: their list, each run, and starting, repeating and undoing one."""

from typing import Any

from celery import Task
from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from etlimport import tasks
from etlimport.admin import run_page
from etlimport.admin.forms import StartForm, initial_values_of
from etlimport.models import ImportRun
from etlimport.operations import roles
from etlimport.operations.launch import CannotLaunch, launch
from etlimport.reports import run_report
from etlimport.reports.changes import find_changes, is_kept_whole
from etlimport.reports.rejected_rows import as_csv
from leagues.admin.base import ReadOnlyAdmin
from leagues.requests import Request

LINES_A_PAGE = 100


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = ["number", "outcome", "started", "health", "changed", "rows", "took", "source", "mode"]
    list_display_links = ["number"]
    list_filter = ["status", "mode", "started_at"]
    search_fields = ["=id", "source", "reasons", "started_by__email"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportRun]:
        return super().get_queryset(request).defer("diff", "protection", "warnings")

    @admin.display(description="run", ordering="id")
    def number(self, run: ImportRun) -> int:
        return run.pk

    @admin.display(ordering="status")
    def outcome(self, run: ImportRun) -> str:
        return format_html('<span class="badge badge-{}">{}</span>', run.status, run_page.short_outcome(run))

    @admin.display(ordering="started_at")
    def started(self, run: ImportRun) -> str:
        return f"{timezone.localtime(run.started_at):%b %d, %H:%M}"

    @admin.display
    def took(self, run: ImportRun) -> str:
        return f"{run_report.seconds(run):,.1f} s"

    @admin.display
    def rows(self, run: ImportRun) -> str:
        return f"{run_page.total(run.counts.get('files', {}), ['read']):,}"

    @admin.display
    def changed(self, run: ImportRun) -> str:
        return f"{run_page.total(run.counts.get('things', {}), ['inserted', 'updated', 'deactivated']):,}"

    @admin.display(ordering="health_after")
    def health(self, run: ImportRun) -> str:
        return run_page.health_change(run)

    # Pages

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("start/", view(self.start), name="start_import"),
            path("after/<int:after>/", view(self.wait), name="wait_for_import"),
            path("live/", view(self.live), name="live_import"),
            path("<int:pk>/changes/", view(self.changes), name="changes_of_run"),
            path("<int:pk>/rejected.csv", view(self.rejected), name="rejects_of_run"),
            path("<int:pk>/undo/", view(self.undo), name="undo_import"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        may_start = request.user.has_perm(roles.START_IMPORT)
        return super().changelist_view(request, {"may_start": may_start, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "POST":
            raise PermissionDenied
        run = self.run_or_404(request, int(object_id) if object_id.isdigit() else 0)
        context = run_page.context(run, request.user)
        return self.page(request, "run.html", f"Run {run.pk}", run=run, **context)

    def changes(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self.run_or_404(request, pk)
        group, words = request.GET.get("group", ""), request.GET.get("q", "")[:200].replace("\0", "")
        lines = Paginator(find_changes(run, group, words), LINES_A_PAGE).get_page(request.GET.get("page"))
        return self.page(
            request,
            "changes.html",
            f"Changes of run {run.pk}",
            run=run,
            lines=lines,
            group=group,
            words=words,
            groups={title: found["count"] for title, found in run.diff.items()},
            whole=is_kept_whole(run),
        )

    def rejected(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        run = self.run_or_404(request, pk)
        response = StreamingHttpResponse(as_csv(run), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="rejected-rows-of-run-{run.pk}.csv"'
        return response

    def live(self, request: Request) -> JsonResponse:
        """The progress of run number `?run=`, or the address of the run the user started after run number `?after=`."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if "after" in request.GET:
            return JsonResponse(run_page.started_run(request.user, after=number(request, "after")))
        run = get_object_or_404(ImportRun, pk=number(request, "run"))
        return JsonResponse(run_page.progress(run))

    # Actions

    def start(self, request: Request) -> HttpResponse:
        """A form for what to import and how, which needs no further confirmation; it starts the import."""
        require(request, roles.START_IMPORT)
        if request.method == "POST":
            form = StartForm(request.POST)
            if form.is_valid():
                lists = {name: form.cleaned_data.pop(name) for name in ("leagues", "seasons", "force_for")}
                source = form.cleaned_data.pop("source")
                how = {name: True for name, chosen in form.cleaned_data.items() if chosen}
                told = [*lists["leagues"], *lists["seasons"], *(f"force {part}" for part in lists["force_for"]), *how]
                what = f"Started an import of {source}: {', '.join(told) or 'all of it'}."
                arguments = {"source": source, "diff": bool(how.get("dry_run")), **how}
                arguments |= {name: found for name, found in lists.items() if found}
                return self.launch(request, tasks.import_snapshot, None, what, **arguments)
        else:
            again = ImportRun.objects.filter(pk=number(request, "again")).first()
            form = StartForm(initial=initial_values_of(again, dry_run="dry_run" in request.GET) if again else None)
        return self.page(request, "start.html", "Start an import", form=form)

    def undo(self, request: Request, pk: int) -> HttpResponse:
        require(request, roles.UNDO_RUN)
        run = self.run_or_404(request, pk)
        if request.method == "POST":
            return self.launch(request, tasks.undo_run, run, f"Started the undo of run {run.pk}.", run=run.pk)
        return self.page(request, "undo.html", f"Undo run {run.pk}?", run=run)

    def launch(
        self, request: Request, task: Task[..., Any], about: ImportRun | None, what: str, **arguments: Any
    ) -> HttpResponse:
        """Log who asked for what, start the task, and redirect to where its progress is shown."""
        after = ImportRun.objects.values_list("pk", flat=True).first() or 0
        # It is logged before the task starts, because on SQLite nobody else can write while an import runs.
        entry = LogEntry.objects.create(
            user=request.user,
            content_type=ContentType.objects.get_for_model(ImportRun),
            object_id=str(about.pk) if about else None,
            object_repr=str(about or arguments["source"])[:200],
            action_flag=CHANGE if about else ADDITION,
            change_message=what,
        )
        try:
            launch(task, started_by=request.user.pk, **arguments)
        except CannotLaunch as error:
            entry.delete()
            messages.error(request, str(error))
            return redirect(request.get_full_path())
        return redirect("admin:wait_for_import", after)

    def wait(self, request: Request, after: int) -> HttpResponse:
        """The page shown until the task that was just started has recorded its run; then it redirects to that run."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = run_page.started_run(request.user, after)
        if found["url"]:
            return redirect(found["url"])
        return self.page(request, "wait.html", "Starting …", live=f"{reverse('admin:live_import')}?after={after}")

    # Used by several pages

    def run_or_404(self, request: HttpRequest, pk: int) -> ImportRun:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(ImportRun.objects.select_related("started_by", "undone_by"), pk=pk)

    def page(self, request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
        shared = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, f"admin/etlimport/{template}", {**shared, **context})


def require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def number(request: HttpRequest, name: str) -> int:
    """A parameter of the query as a number; 0 if it is missing or not a number."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
