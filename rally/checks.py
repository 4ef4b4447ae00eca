"""What `check --deploy` asks beyond Django's own questions."""

import os

from django.core.checks import Error, Tags, register


@register(Tags.security, deploy=True)
def secret_key_is_given(**_kwargs):
    if os.environ.get("SECRET_KEY"):
        return []
    return [
        Error(
            "SECRET_KEY is not set, so this machine made one of its own.",
            hint="Set SECRET_KEY to the same long random value on every machine; the README says how.",
            id="rally.E001",
        )
    ]
