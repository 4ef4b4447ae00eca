"""What `check --deploy` looks at besides Django's own checks."""

import os
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def secret_key_is_given(**_kwargs: Any) -> list[CheckMessage]:
    if os.environ.get("SECRET_KEY"):
        return []
    return [
        Error(
            "SECRET_KEY is not set, so this machine made one of its own.",
            hint="Set SECRET_KEY to the same long random value on every machine; docs/settings.md says how.",
            id="rally.E001",
        )
    ]
