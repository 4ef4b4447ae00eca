"""The leagues of a sample and how each of them writes its labels, which depends on the seed."""

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Literal

import msgspec

from etlimport.sample.files import KINDS
from etlimport.sample.words import REGIONS

PLAN_FILE = "sample.json"
TRUTH_FILE = "truth.json"

Kind = Literal["ladder", "divisions", "stars", "indoor"]
SEPARATORS = (" - ", " #", " / ")
LADDER_WORDS = ("Flight", "Level", "Ladder")
DIVISION_WORDS = ("Division", "Tier", "Bracket")


@dataclass(frozen=True)
class LeaguePlan:
    """How one league writes its files. Everything but `folder` may change from one snapshot to the next.

    `word`, `other_word`: the word before the series in the players file, and in all other files.
    `separator`: between club and series in the team labels of a ladder.
    `tag`: the mark of the series of a second ladder, as in `9 SW`.
    `other_spelling`: whether the fields are `Team`, `Career Wins`, `Yes` and `No`, and numbers are no texts.
    `doubled_tail`: whether schedules have ` - 99 A - 99` instead of ` 99 A - 99`.
    `spaced_squads`: whether standings have `H (1)` instead of the `H(1)` of other files.
    `match_ids`: whether matches have ids.
    """

    kind: Kind
    folder: str
    code: str
    region: str
    word: str
    other_word: str
    separator: str
    tag: str
    id_prefix: str
    other_spelling: bool
    doubled_tail: bool
    spaced_squads: bool
    match_ids: bool = False


def plan_leagues(seed: int) -> list[LeaguePlan]:
    """Four leagues, one of each kind. The seed chooses their labels, codes and spellings."""
    random = Random(f"leagues {seed}")
    region = random.choice(REGIONS)
    separator = random.choice(SEPARATORS)
    tag = random.choice(("SW", "NE", "Bay"))
    id_prefix = random.choice(("pk-", "usr_", ""))
    division_word = random.choice(DIVISION_WORDS)
    star_word = random.choice(("Series", "Group"))
    other_spelling = random.random() < 0.5
    doubled_tail = random.random() < 0.5
    spaced_squads = random.random() < 0.5

    def league(kind: Kind, code: str, word: str, other_word: str) -> LeaguePlan:
        return LeaguePlan(
            kind=kind,
            folder=code,
            code=code,
            region=region,
            word=word,
            other_word=other_word,
            separator=separator,
            tag=tag,
            id_prefix=id_prefix,
            other_spelling=other_spelling and kind == "stars",
            doubled_tail=doubled_tail,
            spaced_squads=spaced_squads,
        )

    return [
        league("ladder", f"{random.choice(('PLA', 'TPA'))}_{region.upper()}", region, region),
        league("divisions", random.choice(("NVDL", "RDPL")), division_word, "Series"),
        league("stars", random.choice(("SUNL", "TSTR")), star_word, star_word),
        league("indoor", random.choice(("ICTA", "WITL")), "Series", "Series"),
    ]


class SavedPlans(msgspec.Struct):
    leagues: list[LeaguePlan]


def save_plans(folder: Path, plans: list[LeaguePlan]) -> None:
    """Keep the plans, from which the next snapshot is made, in a file that no import reads."""
    text = msgspec.json.format(msgspec.json.encode(SavedPlans(plans)))
    (folder / PLAN_FILE).write_bytes(text + b"\n")


def saved_plans(folder: Path) -> list[LeaguePlan]:
    """The plans of the sample in this folder. Raises ValueError if there is none."""
    try:
        return msgspec.json.decode((folder / PLAN_FILE).read_bytes(), type=SavedPlans).leagues
    except FileNotFoundError as error:
        raise ValueError(f"{folder} holds no {PLAN_FILE}: it is no sample of make_sample_data") from error
    except msgspec.DecodeError as error:
        raise ValueError(f"{folder / PLAN_FILE} is damaged: {error}") from error


def make_room(folder: Path) -> None:
    """Remove the sample in this folder and nothing else. Raises ValueError if the folder holds other JSON files."""
    if not (folder / PLAN_FILE).is_file():
        if any(folder.glob("*.json")) or any(folder.glob("*/*.json")):
            raise ValueError(f"{folder} holds JSON that is no sample: choose another folder")
        return
    for league in {folder / plan.folder for plan in saved_plans(folder)}:
        for kind in KINDS:
            (league / f"{kind}.json").unlink(missing_ok=True)
        if league.is_dir() and not any(league.iterdir()):
            league.rmdir()
    for name in (PLAN_FILE, TRUTH_FILE):
        (folder / name).unlink(missing_ok=True)
