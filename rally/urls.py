from django.contrib import admin
from django.urls import path

from rally.metrics import metrics

urlpatterns = [
    path("admin/", admin.site.urls),
    path("metrics", metrics),
]
