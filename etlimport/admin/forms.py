from pathlib import Path
from typing import Any

from django import forms

from etlimport.models import ImportRun
from etlimport.operations import launch
from etlimport.resolve.forced import files_to_force
from etlimport.resolve.season_answers import from_list


class StartForm(forms.Form):
    """What to import and how. Only sources that the environment allows can be chosen; no path can be typed in."""

    source = forms.ChoiceField()
    leagues = forms.CharField(
        required=False, label="Only these leagues", help_text="Codes with commas between; empty for all."
    )
    seasons = forms.CharField(
        required=False,
        label="Seasons",
        help_text="Only if a run asked for it: new LEAGUE=KEY, same LEAGUE or season LEAGUE=KEY, with commas between.",
    )
    rebuild = forms.BooleanField(
        required=False, label="Rebuild", help_text="Delete the leagues' catalogue and make it anew, with new ids."
    )
    force = forms.BooleanField(
        required=False, label="Force", help_text="Go on where a safety check refuses. It is recorded."
    )
    force_for = forms.CharField(
        required=False,
        label="Force only",
        help_text="Kinds of files that a run refused, as LEAGUE:kind, with commas between; others are checked.",
    )
    dry_run = forms.BooleanField(
        required=False, label="Dry run", help_text="Do everything, change nothing, show what would change."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["source"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(source, source) for source in self.sources()]

    def sources(self) -> list[str]:
        """The sources to choose from, including that of a run to be repeated, if it is allowed and still exists."""
        found = launch.sources()
        asked = self.data.get("source") or self.initial.get("source") or ""
        if asked and asked not in found and launch.is_allowed(asked) and launch.holds_files(Path(asked)):
            found.append(asked)
        return found

    def clean_seasons(self) -> list[str]:
        """The page of a run has a field of this name for each league it asks about."""
        given = self.data.getlist("seasons") if hasattr(self.data, "getlist") else [self.cleaned_data["seasons"]]
        try:
            return from_list(listed(",".join(given))).as_list()
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_leagues(self) -> list[str]:
        return listed(self.cleaned_data["leagues"])

    def clean_force_for(self) -> list[str]:
        try:
            return list(files_to_force(listed(self.cleaned_data["force_for"])))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


def listed(text: str) -> list[str]:
    """What stands between the commas."""
    return [part for part in map(str.strip, text.split(",")) if part]


def initial_values_of(run: ImportRun, *, dry_run: bool) -> dict[str, Any]:
    """The initial values of a form that repeats a run, except `force`, which might now override another check."""
    return {
        "source": str(Path(run.source).resolve()),
        "leagues": ", ".join(run.leagues),
        "rebuild": run.mode == ImportRun.Mode.REBUILD,
        "dry_run": dry_run,
    }
