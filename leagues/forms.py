import re
from typing import Any, cast

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.db.models import Exists, OuterRef, QuerySet

from leagues.models import Club, League, Series, Team, User
from leagues.names import name_key

EMAIL_IS_TAKEN = "There is an account with this email. Log in, or reset the password."


def natural_order(name: str) -> list[int | str]:
    """A sort key by which `Series 9` comes before `Series 10`."""
    return [int(part) if part.isdecimal() else part.casefold() for part in re.split(r"(\d+)", name)]


class PlayerForm(forms.Form):
    """In which club and series of a league somebody plays."""

    club = forms.ChoiceField(label="Your club")
    series = forms.ChoiceField(label="Your series")

    def __init__(self, *args: Any, league: League, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        playing = Team.objects.filter(league=league, is_active=True, season__is_current=True)
        clubs = Club.objects.filter(Exists(playing.filter(club=OuterRef("pk"))))
        series = Series.objects.filter(Exists(playing.filter(series=OuterRef("pk"))), league=league)
        cast(forms.ChoiceField, self.fields["club"]).choices = choices("Pick your club", clubs)
        cast(forms.ChoiceField, self.fields["series"]).choices = choices("Pick your series", series)


def choices(invitation: str, rows: QuerySet[Any]) -> list[tuple[str, str]]:
    """The rows by name, after an empty choice that says what to do."""
    by_name = sorted(rows.values_list("key", "name"), key=lambda row: natural_order(row[1]))
    return [("", invitation), *by_name]


class NameForm(forms.ModelForm):
    """First and last name, which must have letters, because a user's players are found by their name."""

    class Meta:
        model = User
        fields = ["first_name", "last_name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, token in (("first_name", "given-name"), ("last_name", "family-name")):
            self.fields[name].required = True
            self.fields[name].widget.attrs["autocomplete"] = token

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if not name_key(cleaned.get("first_name", ""), cleaned.get("last_name", "")) and not self.errors:
            self.add_error("first_name", "Please write your name with letters.")
        return cleaned


class RegistrationForm(PlayerForm, NameForm):
    email = forms.EmailField(label="Email", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 8 characters, not only digits and nothing easily guessed.",
    )

    class Meta(NameForm.Meta):
        fields = ["first_name", "last_name", "email"]

    field_order = ["first_name", "last_name", "club", "series", "email", "password"]

    def clean_email(self) -> str:
        email = User.objects.normalize_email(self.cleaned_data["email"])
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(EMAIL_IS_TAKEN)
        return email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if password := cleaned.get("password"):
            unsaved = User(**{name: cleaned.get(name, "") for name in self.Meta.fields})
            try:
                validate_password(password, unsaved)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit=False)
        user.set_password(self.cleaned_data["password"])
        if commit:
            user.save()
        return user
