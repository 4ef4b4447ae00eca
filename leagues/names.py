"""Reducing a person's name to plain words, so that two spellings of one name are equal."""

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

    Accents, punctuation, parts in parentheses and the abbreviation of a club at the end are removed:
    ("Zoë", "O'Brien-Cole (Evanston)") → "zoe obrien cole", ("Ann", "Sullivan - MSC") → "ann sullivan".
    The key is empty if the name has no letter or digit; empty keys must never be compared. It has 300 characters at
    most.
    """
    full = f"{first} {last}".strip()
    bare = without_club_tag(PARENTHESISED.sub(" ", full).strip())
    return (folded(bare) or folded(full))[:KEY_LENGTH].strip()


def without_club_tag(name: str) -> str:
    """`Ann Sullivan - MSC` → `Ann Sullivan`. A name all in capitals stays, as any part of it looks like a tag."""
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

    It works both ways: "Bob" has "robert" and "Robert" has "bob". Such a likeness may lead to a question to the
    user, never to a decision.
    """
    given = folded(name)
    return frozenset({given} | nicknamer().nicknames_of(given) | nicknamer().canonicals_of(given)) - {""}
