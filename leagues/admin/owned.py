"""What users attach to the catalogue."""

from django.contrib import admin

from leagues.models import Availability, CaptainMessage, Poll, PollChoice, PollResponse, PracticeTime


@admin.register(PracticeTime)
class PracticeTimeAdmin(admin.ModelAdmin):
    list_display = ["team", "date", "start_time", "end_time", "location", "created_by"]
    list_filter = ["date", "team__league"]
    list_select_related = ["team", "created_by"]
    search_fields = ["team__name", "location", "created_by__email"]
    autocomplete_fields = ["team", "created_by"]


class ChoiceInline(admin.TabularInline):
    model = PollChoice
    extra = 0


@admin.register(Poll)
class PollAdmin(admin.ModelAdmin):
    list_display = ["question", "team", "created_by", "created_at"]
    list_filter = ["created_at", "team__league"]
    list_select_related = ["team", "created_by"]
    search_fields = ["question", "team__name", "created_by__email"]
    autocomplete_fields = ["team", "created_by"]
    inlines = [ChoiceInline]


@admin.register(PollChoice)
class PollChoiceAdmin(admin.ModelAdmin):
    list_display = ["text", "poll"]
    list_filter = ["poll__team__league"]
    list_select_related = ["poll"]
    search_fields = ["text", "poll__question"]
    autocomplete_fields = ["poll"]


@admin.register(PollResponse)
class PollResponseAdmin(admin.ModelAdmin):
    list_display = ["user", "choice", "poll"]
    list_filter = ["choice__poll__team__league"]
    list_select_related = ["user", "choice__poll"]
    search_fields = ["user__email", "choice__text", "choice__poll__question"]
    autocomplete_fields = ["user", "choice"]

    @admin.display(ordering="choice__poll__question")
    def poll(self, response: PollResponse) -> Poll:
        return response.choice.poll


@admin.register(CaptainMessage)
class CaptainMessageAdmin(admin.ModelAdmin):
    list_display = ["__str__", "team", "author", "created_at"]
    list_filter = ["created_at", "team__league"]
    list_select_related = ["team", "author"]
    search_fields = ["body", "team__name", "author__email"]
    autocomplete_fields = ["team", "author"]


@admin.register(Availability)
class AvailabilityAdmin(admin.ModelAdmin):
    list_display = ["user", "match", "status", "note"]
    list_filter = ["status", "match__league"]
    list_select_related = ["user", "match__home_team", "match__away_team"]
    search_fields = ["user__email", "match__home_team__name", "match__away_team__name", "note"]
    autocomplete_fields = ["user", "match"]
