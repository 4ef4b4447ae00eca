"""Pages of the control room, and rows for them to show."""

from django.urls import reverse

from etlimport import models

Status = models.ImportRun.Status


def make_run(**fields) -> models.ImportRun:
    return models.ImportRun.objects.create(**{"source": "/snapshots", "status": Status.PUBLISHED, **fields})


def make_question(run: models.ImportRun) -> models.AmbiguousIdentity:
    return models.AmbiguousIdentity.objects.create(
        run=run, kind="team", old_id=1, new_id=2, old_label="Elm 1", new_label="Elm One", reason="looks alike"
    )


def page_of(run: models.ImportRun) -> str:
    return reverse("admin:etlimport_importrun_change", args=[run.pk])


def sights(run) -> list[str]:
    return [
        reverse("admin:index"),
        reverse("admin:etlimport_importrun_changelist"),
        page_of(run),
        reverse("admin:changes_of_run", args=[run.pk]),
        reverse("admin:rejects_of_run", args=[run.pk]),
        reverse("admin:live_import") + f"?run={run.pk}",
        reverse("admin:wait_for_import", args=[run.pk]),
    ]


def deeds(run, question) -> list[str]:
    return [
        reverse("admin:start_import"),
        reverse("admin:undo_import", args=[run.pk]),
        reverse("admin:decide_identity", args=[question.pk, "same"]),
        reverse("admin:decide_identity", args=[question.pk, "different"]),
    ]
