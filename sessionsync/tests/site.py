"""A very small site for the tests: a context builder and a few views."""

from django.contrib.auth import get_user_model
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path
from django.views import View

from sessionsync.decorators import login_required
from sessionsync.mixins import LoginRequiredMixin


def build_context(user_id, stored):
    row = get_user_model().objects.filter(pk=user_id, is_active=True).values("id", "email", "first_name").first()
    return row and {**row, "external_player_id": "", "had": bool(stored)}


def failing_builder(user_id, stored):
    raise ConnectionError("no database today")


def page(request):
    name = request.session.get("context", {}).get("first_name", "nobody")
    return HttpResponse(f"{name} | {request.session_refreshed}")


async def async_page(request):
    context = await request.session.aget("context", {})
    return HttpResponse(f"{context.get('first_name', 'nobody')} | {request.session_refreshed}")


def data(request):
    return JsonResponse(request.session.get("context", {}))


def moved(request):
    return HttpResponseRedirect("/page")


def note(request):
    request.session["note"] = request.GET["text"]
    return HttpResponse("noted")


class Room(LoginRequiredMixin, View):
    def get(self, request):
        return page(request)


class AsyncRoom(LoginRequiredMixin, View):
    async def get(self, request):
        return await async_page(request)


urlpatterns = [
    path("page", page),
    path("async-page", async_page),
    path("api/data", data),
    path("moved", moved),
    path("note", note),
    path("static/thing.css", page),
    path("quiet/page", page),
    path("guarded", login_required(page)),
    path("async-guarded", login_required(async_page)),
    path("room", Room.as_view()),
    path("async-room", AsyncRoom.as_view()),
    path("api/guarded", login_required(data)),
    path("login", page),
]
