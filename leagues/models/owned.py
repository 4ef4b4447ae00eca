"""What people attach to the catalogue. An import never deletes such a row nor gives it to somebody else."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from leagues.models.catalogue import Team
from leagues.models.matches import ScheduledMatch

USER = settings.AUTH_USER_MODEL


class PracticeTime(models.Model):
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="practice_times")
    date = models.DateField()
    start_time = models.TimeField()
    end_time = models.TimeField(null=True, blank=True)
    location = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["date", "start_time"]

    def __str__(self) -> str:
        return f"{self.team}: {self.date} {self.start_time:%H:%M}"


class Poll(models.Model):
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="polls")
    created_by = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    question = models.CharField(max_length=500)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.question


class PollChoice(models.Model):
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="choices")
    text = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.text


class PollResponse(models.Model):
    choice = models.ForeignKey(PollChoice, on_delete=models.CASCADE, related_name="responses")
    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="poll_responses")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["choice", "user"], name="one_response_per_choice")]

    def __str__(self) -> str:
        return f"{self.user}: {self.choice}"


class CaptainMessage(models.Model):
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="captain_messages")
    author = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.body[:60]


class Availability(models.Model):
    class Status(models.TextChoices):
        YES = "yes"
        NO = "no"
        MAYBE = "maybe"

    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="availability")
    match = models.ForeignKey(ScheduledMatch, on_delete=models.PROTECT, related_name="availability")
    status = models.CharField(max_length=10, choices=Status)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "availability"
        constraints = [models.UniqueConstraint(fields=["user", "match"], name="one_availability_per_match")]

    def __str__(self) -> str:
        return f"{self.user}: {self.match} {self.status}"
