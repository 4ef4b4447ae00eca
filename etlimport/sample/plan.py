"""Which leagues a sample has and how each of them writes its labels: other seeds, other habits."""

from dataclasses import dataclass
from random import Random
from typing import Literal

from etlimport.sample.words import REGIONS

Kind = Literal["ladder", "divisions", "stars", "indoor"]
SEPARATORS = (" - ", " #", " / ")
LADDER_WORDS = ("Flight", "Level", "Ladder")
DIVISION_WORDS = ("Division", "Tier", "Bracket")


@dataclass(frozen=True)
class LeaguePlan:
    """One league's habits. `folder` stays, the rest may change from one snapshot to the next."""

    kind: Kind
    folder: str
    code: str
    region: str
    word: str  # before the series in the players' file
    other_word: str  # before the series in the other files
    separator: str  # between club and series in a ladder's team labels
    tag: str  # a second ladder's mark: `9 SW`
    id_prefix: str
    other_spelling: bool  # `Team`, `Career Wins`, `Yes`/`No` and numbers as numbers
    doubled_tail: bool  # schedules write ` - 99 A - 99` rather than ` 99 A - 99`
    spaced_squads: bool  # standings write `H (1)` where the others write `H(1)`
    match_ids: bool = False


def plan_leagues(seed: int) -> list[LeaguePlan]:
    """Four leagues, one of each kind, with labels, codes and spellings of this seed's choosing."""
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
