import os

from django.core.wsgi import get_wsgi_application

from rally.request_limits import limit_requests

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rally.settings")
application = get_wsgi_application()
limit_requests()
