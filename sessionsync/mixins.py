from collections.abc import Callable
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.decorators import classonlymethod
from django.views import View

from sessionsync.decorators import login_required


class LoginRequiredMixin(View):
    """`login_required` for class-based views, sync and async. It must come first among the bases."""

    @classonlymethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        return login_required(super().as_view(**initkwargs))
