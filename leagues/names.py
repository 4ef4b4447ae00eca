"""Reducing a person's name to plain words, so that two spellings of one name are equal."""

import re
from functools import cache

from anyascii import anyascii
from nicknames import NickNamer

PARENTHESISED = re.compile(r"\([^()]*\)")
CLUB_TAG = re.compile(r"(?<=\S)\s+-\s?[A-Z]{2,}(?:\s\S+)?$")
DROPPED = str.maketrans(dict.fromkeys(".'’‘`´ʼ′", ""))
NOT_A_WORD = re.compile(r"[\W_]+")
KEY_LENGTH = 300

TITLES = frozenset({"dr", "mr", "mrs", "ms", "miss", "prof", "rev", "sir"})
SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "md", "phd", "esq"})
"""Words before and after a name that are no part of it. Those that are also names (King, Dean) are not among them."""

MARKS = re.compile(r"(\s*(\*+|\((s|sub|subs|substitute|c|cc)\)))+\s*$", re.IGNORECASE)
"""What sources write behind a name: that somebody played as a substitute, or is a captain."""

SUBSTITUTE = re.compile(r"\*|\(s", re.IGNORECASE)


def name_key(first: str, last: str) -> str:
    """The full name in plain lower-case words, the same wherever first and last name are split.

    Letters are transliterated. Punctuation, parts in parentheses, titles, suffixes and the abbreviation of a club at
    the end are removed: ("Zoë", "O'Brien-Cole (Evanston)") → "zoe obrien cole", ("Dr. Ann", "Sørby Jr.") → "ann sorby".
    The key is empty if the name has no letter or digit; empty keys must never be compared. It has 300 characters at
    most.
    """
    full = f"{first} {last}".strip()
    bare = without_club_tag(PARENTHESISED.sub(" ", full).strip())
    return without_titles(folded(bare) or folded(full))[:KEY_LENGTH].strip()


def without_titles(folded_name: str) -> str:
    """The name without titles and suffixes, of which at least two words remain."""
    words = folded_name.split()
    while len(words) > 2 and words[0] in TITLES:
        del words[0]
    while len(words) > 2 and words[-1] in SUFFIXES:
        del words[-1]
    return " ".join(words)


def without_marks(name: str) -> str:
    """`Corvin(S)` → `Corvin`. A name that is nothing but marks stays."""
    return MARKS.sub("", name) or name


def is_marked_as_substitute(name: str) -> bool:
    """Whether a source marks somebody as a substitute: `Corvin(S)`, `Corvin (Sub)`, `Corvin*`."""
    found = MARKS.search(name)
    return bool(found and SUBSTITUTE.search(found[0]))


def without_club_tag(name: str) -> str:
    """`Ann Sullivan - MSC` → `Ann Sullivan`. A name all in capitals stays, as any part of it looks like a tag."""
    bare = CLUB_TAG.sub("", name)
    return bare if " " in bare and bare != bare.upper() else name


def folded(text: str) -> str:
    text = text.translate(DROPPED)
    if not text.isascii():
        text = anyascii(text).translate(DROPPED)
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
