from django.contrib import admin
from django.urls import path
from readers import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("desk", views.desk),
    path("api/loans", views.loans),
    path("login", views.log_in),
]
