from django.utils.decorators import classonlymethod

from sessionsync.decorators import login_required


class LoginRequiredMixin:
    """`login_required` for class-based views, sync and async. Put it first among the bases."""

    @classonlymethod
    def as_view(cls, **initkwargs):
        return login_required(super().as_view(**initkwargs))
