from pathlib import Path

from django import forms

from etlimport.models import ImportRun
from etlimport.operations import launch


class StartForm(forms.Form):
    """What to import and how. The sources offered are those the environment allows, never a path typed in."""

    source = forms.ChoiceField()
    leagues = forms.CharField(
        required=False, label="Only these leagues", help_text="Codes with commas between; empty for all."
    )
    rebuild = forms.BooleanField(
        required=False, label="Rebuild", help_text="Delete the leagues' catalogue and make it anew, with new ids."
    )
    force = forms.BooleanField(
        required=False, label="Force", help_text="Go on where a safety check refuses. It is recorded."
    )
    dry_run = forms.BooleanField(
        required=False, label="Dry run", help_text="Do everything, change nothing, show what would change."
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [(source, source) for source in self.sources()]

    def sources(self) -> list[str]:
        """With that of the run to be repeated, where it is allowed and still there."""
        found = launch.sources()
        asked = self.data.get("source") or self.initial.get("source") or ""
        if asked and asked not in found and launch.is_allowed(asked) and launch.holds_files(asked):
            found.append(asked)
        return found

    def clean_leagues(self) -> list[str]:
        return [code for code in map(str.strip, self.cleaned_data["leagues"].split(",")) if code]


def as_of(run: ImportRun, *, dry_run: bool) -> dict:
    """The initial values that repeat a run. Force is never repeated: the reason may be another one today."""
    return {
        "source": str(Path(run.source).resolve()),
        "leagues": ", ".join(run.leagues),
        "rebuild": run.mode == ImportRun.Mode.REBUILD,
        "dry_run": dry_run,
    }
