"""A person's name reduced to what it says, so that two spellings of one name compare as equal."""

import re
import unicodedata
from functools import cache

from nicknames import NickNamer

PARENTHESISED = re.compile(r"\([^()]*\)")
CLUB_TAG = re.compile(r"(?<=\S)\s+-\s?[A-Z]{2,}(?:\s\S+)?$")
DROPPED = str.maketrans(dict.fromkeys(".'’‘`´ʼ′", ""))
NOT_A_WORD = re.compile(r"[\W_]+")
KEY_LENGTH = 300


def name_key(first: str, last: str) -> str:
    """The full name in plain lower-case words, the same wherever first and last name are split.

    Without accents, punctuation, parts in parentheses and a club's tag at the end:
    ("Zoë", "O'Brien-Cole (Evanston)") → "zoe obrien cole", ("Ann", "Sullivan - MSC") → "ann sullivan".
    Empty where the name holds no letter or digit; an empty key must never be matched on. At most 300 long.
    """
    full = f"{first} {last}".strip()
    bare = without_club_tag(PARENTHESISED.sub(" ", full).strip())
    return (folded(bare) or folded(full))[:KEY_LENGTH].strip()


def without_club_tag(name: str) -> str:
    """`Ann Sullivan - MSC` → `Ann Sullivan`; a tag can only be told from a name that is not all capitals."""
    bare = CLUB_TAG.sub("", name)
    return bare if " " in bare and bare != bare.upper() else name


def folded(text: str) -> str:
    text = text.translate(DROPPED)
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in decomposed if not unicodedata.combining(char))
    return NOT_A_WORD.sub(" ", text.casefold()).strip()


@cache
def nicknamer() -> NickNamer:
    return NickNamer()


@cache
def given_name_variants(name: str) -> frozenset[str]:
    """The given names, folded as in `name_key`, that people use for this one, itself included.

    Symmetric: "Bob" has "robert" and "Robert" has "bob". Grounds for a question, never for a certainty.
    """
    given = folded(name)
    return frozenset({given} | nicknamer().nicknames_of(given) | nicknamer().canonicals_of(given)) - {""}
