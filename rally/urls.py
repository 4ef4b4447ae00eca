from django.contrib import admin
from django.urls import include, path

from leagues.api import api
from rally.metrics import metrics

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", api.urls),
    path("metrics", metrics),
    path("", include("leagues.urls")),
]

handler400 = "rally.faults.bad_request"
handler404 = "leagues.views.errors.not_found"
handler500 = "rally.faults.server_error"
