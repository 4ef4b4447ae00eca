"""Who may do what in the admin: three groups, each with what the one before may do.

viewer         sees imports, alerts, the catalogue, signals and the schedule; nothing that is people's own
operator       starts, repeats and undoes imports, settles identities, writes aliases, sees to signals and sessions
administrator  everything, people and their groups included
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

SEEN = ("etlimport", "django_celery_beat")
"""The apps a viewer looks into; of others, see `permissions_of_roles`."""

OPERATE = {
    "etlimport": [
        "add_importrun",
        "change_importrun",
        "change_ambiguousidentity",
        "add_alias",
        "change_alias",
        "delete_alias",
    ],
    "sessionsync": ["change_refreshsignal", "delete_refreshsignal", "view_usersession", "delete_usersession"],
}


def permissions_of_roles() -> dict[str, Q]:
    """{group: which permissions}."""
    facts = [f"view_{model._meta.model_name}" for model in CatalogueModel.__subclasses__()]
    view = (
        Q(content_type__app_label__in=SEEN, codename__startswith="view_")
        | Q(content_type__app_label="leagues", codename__in=facts)
        | Q(content_type__app_label="sessionsync", codename__in=["view_refreshsignal", "view_systemsetting"])
    )
    operate = Q(pk__in=[])
    for app, codenames in OPERATE.items():
        operate |= Q(content_type__app_label=app, codename__in=codenames)
    return {"viewer": view, "operator": view | operate, "administrator": Q()}


@transaction.atomic
def setup_roles() -> dict[str, int]:
    """Make the groups what the code says; {group: number of permissions}. Who is in them stays as it is."""
    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0)
    counts = {}
    for name, which in permissions_of_roles().items():
        group, _ = Group.objects.get_or_create(name=name)
        permissions = Permission.objects.filter(which)
        group.permissions.set(permissions)
        counts[name] = len(permissions)
    return counts
