from django.http import JsonResponse
from django.shortcuts import render


def not_found(request, exception):
    """What is not there, in words meant for the reader, and what may have been looked for."""
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": "There is nothing here. /api/docs lists what there is."}, status=404)
    near = getattr(exception, "near", [])
    # Django's own messages, of an unknown path or a failed look-up, name patterns and models: nothing to read.
    message = str(exception) if hasattr(exception, "near") else ""
    return render(request, "404.html", {"message": message, "near": near}, status=404)
