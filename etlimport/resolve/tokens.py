"""Splits labels into words, without the differences in spelling that do not matter, and makes keys of the words."""

import hashlib
import re
from functools import cache

WORD = re.compile(r"\(\w+\)|\w[\w.']*\+?")
SQUAD_LIKE = re.compile(r"\d{1,2}|[a-z]|[ivx]{1,4}|t\d|\(\w+\)")

KEY_LENGTH = 100
"""The number of characters of a key, which is at most what the columns of the catalogue hold."""

NAME_LENGTH = 200

Tokens = tuple[str, ...]


@cache
def tokens(label: str) -> Tokens:
    """`Hinsdale PC II - 11 SW` → `("hinsdale", "pc", "ii", "11", "sw")`; `H(1)` → `("h", "(1)")`."""
    words = WORD.findall(label.casefold().replace("_", " ").replace("&", " and "))
    return tuple(word.rstrip(".").replace("'", "") for word in words)


def key(words: Tokens) -> str:
    """A key that can be part of a URL: `("4.5+", "sat")` → `4.5plus-sat`."""
    return shortened("-".join(words).replace("+", "plus").replace("(", "").replace(")", ""), KEY_LENGTH)


def shortened(key: str, length: int) -> str:
    """A key that is no longer than this: the end of a longer one is replaced by a digest of all of it."""
    if len(key) <= length:
        return key
    digest = hashlib.blake2b(key.encode(), digest_size=6).hexdigest()
    return f"{key[: length - len(digest) - 1]}-{digest}"


def ends_with(words: Tokens, tail: Tokens) -> bool:
    """Whether `words` ends with `tail` and has at least one word before it."""
    return len(words) > len(tail) > 0 and words[-len(tail) :] == tail


def is_squad_like(word: str) -> bool:
    return SQUAD_LIKE.fullmatch(word) is not None


def fitting(name: str, otherwise: str) -> str:
    """The name, unless another case made it longer than its column: the one the file has is not."""
    return name if len(name) <= NAME_LENGTH else otherwise


def beginning_of(label: str, words: Tokens) -> str:
    """The shortest beginning of `label`, as it is spelled, whose words are `words`; else the words in title case."""
    for end in (match.end() for match in re.finditer(r"\S+", label)):
        beginning = label[:end].strip(" -#")
        if tokens(beginning) == words:
            return " ".join(beginning.split())
    return " ".join(words).title()


def with_single_blanks(label: str) -> str:
    return " ".join(label.split())
