from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Says what is not there, in words for the reader, and links to what may have been looked for."""
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": "There is nothing here. /api/docs lists what there is."}, status=404)
    near = getattr(exception, "near", [])
    # Django's own messages about unknown paths and failed look-ups name patterns and models, nothing to read.
    message = str(exception) if hasattr(exception, "near") else ""
    return render(request, "404.html", {"message": message, "near": near}, status=404)
