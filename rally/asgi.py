import os

from django.core.asgi import get_asgi_application

from rally.request_limits import limit_requests

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rally.settings")
application = get_asgi_application()
limit_requests()
