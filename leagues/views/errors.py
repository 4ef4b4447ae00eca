from django.shortcuts import render


def not_found(request, exception):
    """What is not there, in words meant for the reader, and what may have been looked for."""
    near = getattr(exception, "near", [])
    # Django's own messages, of an unknown path or a failed look-up, name patterns and models: nothing to read.
    message = str(exception) if hasattr(exception, "near") else ""
    return render(request, "404.html", {"message": message, "near": near}, status=404)
