from django.db import transaction

from readers.models import Reader
from sessionsync.publishing import publish_to


def rename(branch, name):
    with transaction.atomic():
        branch.name = name
        branch.save()
        publish_to(Reader.objects.filter(branch=branch), "branch renamed")
