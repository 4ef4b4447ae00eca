from django.contrib import admin


class ReadOnlyAdmin(admin.ModelAdmin):
    """To look at and search, never to change: the rows are written by the import alone.

    An edit would be overwritten the next night, and a deletion would take along what users own.
    """

    actions = None
    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
