import re

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.db.models import Exists, OuterRef

from leagues.models import Club, League, Series, Team, User
from leagues.names import name_key

EMAIL_IS_TAKEN = "There is an account with this email. Log in, or reset the password."


def natural_order(name: str) -> list:
    """A sort key by which `Series 9` comes before `Series 10`."""
    return [int(part) if part.isdigit() else part.casefold() for part in re.split(r"(\d+)", name)]


class PlayerForm(forms.Form):
    """Which club and series of a league somebody plays in."""

    club = forms.ChoiceField(label="Your club")
    series = forms.ChoiceField(label="Your series")

    def __init__(self, *args, league: League, **kwargs):
        super().__init__(*args, **kwargs)
        playing = Team.objects.filter(league=league, is_active=True)
        clubs = Club.objects.filter(Exists(playing.filter(club=OuterRef("pk"))))
        series = Series.objects.filter(Exists(playing.filter(series=OuterRef("pk"))), league=league)
        self.fields["club"].choices = choices("Pick your club", clubs)
        self.fields["series"].choices = choices("Pick your series", series)


def choices(invitation: str, rows) -> list[tuple[str, str]]:
    by_name = sorted(rows.values_list("key", "name"), key=lambda row: natural_order(row[1]))
    return [("", invitation), *by_name]


class NameForm(forms.ModelForm):
    """A name that says something: it is what a player is found by."""

    class Meta:
        model = User
        fields = ["first_name", "last_name"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, token in (("first_name", "given-name"), ("last_name", "family-name")):
            self.fields[name].required = True
            self.fields[name].widget.attrs["autocomplete"] = token

    def clean(self):
        cleaned = super().clean()
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

    def clean(self):
        cleaned = super().clean()
        if password := cleaned.get("password"):
            likeness = User(**{name: cleaned.get(name, "") for name in self.Meta.fields})
            try:
                validate_password(password, likeness)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned

    def save(self, commit=True) -> User:
        user = super().save(commit=False)
        user.set_password(self.cleaned_data["password"])
        if commit:
            user.save()
        return user
