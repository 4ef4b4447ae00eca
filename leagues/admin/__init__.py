from django.contrib import admin

from leagues.admin import catalogue, owned, people  # noqa: F401

admin.site.site_header = "Rally"
admin.site.site_title = "Rally"
admin.site.index_title = "League operations"
