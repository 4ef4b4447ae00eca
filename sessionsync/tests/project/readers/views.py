from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from sessionsync.decorators import login_required


@login_required
def desk(request):
    return render(request, "readers/desk.html", {"context": request.session["context"]})


@login_required
def loans(request):
    return JsonResponse({"branch": request.session["context"]["branch"]})


def log_in(request):
    return HttpResponse("Log in with your card.")
