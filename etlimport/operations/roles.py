"""Who may do what in the admin: three groups, each of which may also do what the one before it may.

viewer         sees imports, alerts, the catalogue, signals and the schedule, but nothing that users own
operator       starts, repeats and undoes imports, settles identities, edits aliases, manages signals and sessions
administrator  does everything, including changing users and their groups
"""

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

from leagues.models import CatalogueModel

START_IMPORT = "etlimport.add_importrun"
UNDO_RUN = "etlimport.change_importrun"
SETTLE = "etlimport.change_ambiguousidentity"

VIEWED_APPS = ("etlimport", "django_celery_beat")
"""The apps of which a viewer sees everything. Of other apps a viewer sees only some models."""

OPERATOR_PERMISSIONS = {
    "etlimport": [
        "add_importrun",
        "change_importrun",
        "change_ambiguousidentity",
        "add_alias",
        "change_alias",
        "delete_alias",
    ],
    "leagues": ["change_league"],
    "sessionsync": ["change_refreshsignal", "delete_refreshsignal", "view_usersession", "delete_usersession"],
}


def permissions_of_roles() -> dict[str, Q]:
    """By group: a filter for its permissions."""
    catalogue = [f"view_{model._meta.model_name}" for model in CatalogueModel.__subclasses__()]
    view = (
        Q(content_type__app_label__in=VIEWED_APPS, codename__startswith="view_")
        | Q(content_type__app_label="leagues", codename__in=catalogue)
        | Q(content_type__app_label="sessionsync", codename__in=["view_refreshsignal", "view_systemsetting"])
    )
    operate = Q(pk__in=[])
    for app, codenames in OPERATOR_PERMISSIONS.items():
        operate |= Q(content_type__app_label=app, codename__in=codenames)
    return {"viewer": view, "operator": view | operate, "administrator": Q()}


@transaction.atomic
def setup_roles() -> dict[str, int]:
    """Create the groups, or correct their permissions, without changing who is in them.

    Returns the number of permissions by group.
    """
    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0)
    counts = {}
    for name, which in permissions_of_roles().items():
        group, _ = Group.objects.get_or_create(name=name)
        permissions = Permission.objects.filter(which)
        group.permissions.set(permissions)
        counts[name] = len(permissions)
    return counts
