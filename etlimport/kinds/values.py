"""Converts numbers, dates, times and marks from the ways sources write them into values the database takes.

A file holds few distinct values, so what a parser made of each is remembered in a Memo.
"""

import re
from collections.abc import Callable
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qs, urlsplit

from leagues.names import is_marked_as_substitute

MISSING = frozenset({"", "n/a", "na", "none", "null", "-", "--", "tbd", "tba"})
"""The texts, in lower case, by which sources say that there is no value."""

LONGEST_MISSING = max(map(len, MISSING))

DATE_FORMATS = ("%m/%d/%Y", "%Y-%m-%d", "%d-%b-%y", "%d-%b-%Y", "%m/%d/%y")
TIME_FORMATS = ("%I:%M %p", "%H:%M", "%H:%M:%S", "%I:%M%p", "%I %p", "%I%p", "%I:%M:%S %p")
MEMO_SIZE = 50_000
LONGEST_ID, LONGEST_ADDRESS = 150, 500
"""The numbers of characters of a team's id and of a web address."""

TEAM_PARAMETERS = ("team", "team_id", "teamid", "tid")
"""The parameters by which the addresses of sources name a team."""

CAPTAIN, CO_CAPTAIN, NO_CAPTAIN = (True, False), (False, True), (False, False)
CAPTAINCIES = {
    **dict.fromkeys(("c", "captain", "yes", "y", "true"), CAPTAIN),
    **dict.fromkeys(("cc", "co-captain", "co captain"), CO_CAPTAIN),
    **dict.fromkeys(("", "no", "n", "false", "n/a", "none", "-"), NO_CAPTAIN),
}
FOOTNOTE_MARKS = "*†‡§# "
INTEGER_LIMIT = 2**31
DECIMAL_LIMIT = 100_000
HUNDREDTH = Decimal("0.01")
is_usual_decimal = re.compile(r"-?(0|[1-9][0-9]{0,4})(\.[0-9]{1,2})?").fullmatch
"""Whether a text is a number as most files write ratings, which `decimal_number` returns unchanged."""


class Unreadable(ValueError):
    """A value that is there but is not of its field's type. A missing value is not an error: it is read as None.

    `instead`: what it is read as, if it can be told what is meant.
    """

    def __init__(self, reason: str, instead: str | None = None) -> None:
        super().__init__(reason)
        self.instead = instead


class Memo(dict[Any, Any]):
    """What `parse` made of each value so far. It forgets everything once it holds 50,000 values."""

    def __init__(self, parse: Callable[[Any], Any]) -> None:
        super().__init__()
        self.parse = parse

    def __missing__(self, value: Any) -> Any:
        if len(self) >= MEMO_SIZE:
            self.clear()
        parsed = self[value] = self.parse(value)
        return parsed


class NotText:
    """Stands where a text belongs and something else was. Whoever reads it learns what is wrong with it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def strip(self, characters: str | None = None, /) -> str:
        raise Unreadable(self.reason)

    def __str__(self) -> str:
        return ""


def as_text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def plain_text(value: str | None) -> str:
    return value.strip() if value else ""


def plain_id(value: str | None) -> str:
    """An id without the decimals that a program added which took it for a number: `41001.0` → `41001`.

    Empty where the source says that there is none: `N/A`.
    """
    text = value.strip() if value else ""
    if len(text) <= LONGEST_MISSING and text.casefold() in MISSING:
        return ""
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def source_team_id(value: Any) -> str:
    """The id by which the source itself knows a team: as it stands, or the one in the address of the team's page."""
    text = plain_id(as_text(value))
    if not is_web_address(text):
        return fit_to_keep(text, LONGEST_ID)
    asked = {name.casefold(): found[0] for name, found in parse_qs(urlsplit(text).query).items()}
    return fit_to_keep(next((asked[name] for name in TEAM_PARAMETERS if name in asked), ""), LONGEST_ID)


def web_address(value: Any) -> str:
    """A web address, or an empty text. Raises Unreadable for any other text: only an address may become a link."""
    text = as_text(value)
    if text.casefold() in MISSING:
        return ""
    if not is_web_address(text):
        raise Unreadable("is no web address")
    return fit_to_keep(text, LONGEST_ADDRESS)


def is_web_address(text: str) -> bool:
    return re.match(r"https?://[^\s/?#]+", text) is not None and not re.search(r"[\s<>\"\\]", text)


def fit_to_keep(text: str, length: int) -> str:
    """The text. Raises Unreadable if it is longer, or has characters that no database takes or no page shows."""
    if len(text) > length:
        raise Unreadable(f"is longer than {length} characters")
    if not text.isprintable():
        raise Unreadable("has characters that cannot be shown")
    return text


def moment(value: Any) -> datetime | None:
    """When a row was scraped, from ISO 8601; in this process's time zone unless the text names one.

    None if it cannot be read: no row is the worse for it.
    """
    try:
        return datetime.fromisoformat(as_text(value)).astimezone()
    except (ValueError, OverflowError):
        return None


def number(value: str | int | float | None) -> Decimal | None:
    text = as_text(value)
    if text.casefold() in MISSING:
        return None
    try:
        parsed = Decimal(text)
    except InvalidOperation:
        if (bare := text.rstrip(FOOTNOTE_MARKS)) != text and is_usual_decimal(bare):
            raise Unreadable(f"is read as {bare}", instead=bare) from None
        raise Unreadable("is no number") from None
    if not parsed.is_finite():
        raise Unreadable("is no number")
    return parsed


def whole_number(value: str | int | float | None) -> int | None:
    """An int that fits a database integer of 32 bits, or None if the value is missing. Raises Unreadable."""
    parsed = number(value)
    if parsed is None:
        return None
    if abs(parsed) >= INTEGER_LIMIT:
        raise Unreadable("is out of range")
    if parsed != int(parsed):
        raise Unreadable("is no whole number")
    return int(parsed)


def decimal_number(value: str | int | float | None) -> str | None:
    """A decimal number between ±100,000 with at most two decimal places, or None if missing. Raises Unreadable."""
    if is_usual_decimal(written := str(value)):
        return written
    parsed = number(value)
    if parsed is None:
        return None
    if abs(parsed) < DECIMAL_LIMIT and decimal_places(parsed) > 2:
        parsed = parsed.quantize(HUNDREDTH)
    if abs(parsed) >= DECIMAL_LIMIT:
        raise Unreadable("is out of range")
    return format(parsed, "f")


def decimal_places(finite: Decimal) -> int:
    return -int(finite.as_tuple().exponent)


def iso_date(value: str | int | float | None) -> str | None:
    """`09/24/2024`, `24-Sep-24` → `2024-09-24`; None if the value is missing. Raises Unreadable."""
    text = as_text(value)
    if text.casefold() in MISSING:
        return None
    if moment := moment_of(text):
        return moment.date().isoformat()
    day = text[:10] if text[10:11] in ("T", " ") else text
    parsed = parse_datetime(day, DATE_FORMATS)
    if not parsed:
        raise Unreadable("is no date")
    return parsed.date().isoformat()


def moment_of(text: str) -> datetime | None:
    """The date and time of a timestamp, in this process's time zone if the timestamp names one; None for other texts.

    Django makes the time zone of the settings that of the process.
    """
    if text[10:11] not in ("T", " ") or len(text) < len("2026-12-04T00:30"):
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone().replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError):  # the latter at the ends of the calendar
        return None


def time_within(value: str | int | float | None) -> str | None:
    """The time of day within a timestamp: `2026-12-04T00:30:00Z` → `18:30:00` in Chicago; None for a mere date.

    Midnight is how programs write a date as a timestamp, and is none.
    """
    moment = moment_of(as_text(value))
    return moment.time().isoformat("seconds") if moment and moment.time() != time.min else None


def iso_time(value: str | int | float | None) -> str | None:
    """`06:30 pm` → `18:30:00`; None if the value is missing. Raises Unreadable."""
    text = as_text(value)
    if text.casefold() in MISSING:
        return None
    if moment := moment_of(text):
        return moment.time().isoformat("seconds")
    parsed = parse_datetime(text, TIME_FORMATS)
    if not parsed:
        raise Unreadable("is no time of day")
    return parsed.time().isoformat()


def parse_datetime(text: str, formats: tuple[str, ...]) -> datetime | None:
    """What the text means in the first of the formats it has; None if it has none of them."""
    for pattern in formats:
        try:
            return datetime.strptime(text, pattern)
        except ValueError:
            continue
    return None


DASHES = re.compile(r"(?<=\d)\s*[-‐‑‒–—−:]\s*(?=\d)")


def set_scores(value: str | None) -> str:
    """Scores with a plain hyphen between the two numbers of a set: `6–4, 6 : 3` → `6-4, 6-3`."""
    text = value.strip() if value else ""
    return DASHES.sub("-", text)


def line_number(value: str | int | None) -> int | None:
    """`Line 1` and `1` → 1; None if the value is missing. Raises Unreadable."""
    text = as_text(value)
    line = whole_number(text[4:] if text[:4].casefold() == "line" else text)
    if line is not None and not 0 <= line < 2**15:
        raise Unreadable("is out of range")
    return line


def is_substitute(name: str | None) -> bool:
    """Whether a last name has the mark of a substitute behind it."""
    return is_marked_as_substitute(plain_text(name))


def is_captain(value: Any) -> bool:
    return captaincy(value) == CAPTAIN


def is_co_captain(value: Any) -> bool:
    return captaincy(value) == CO_CAPTAIN


def captaincy(value: Any) -> tuple[bool, bool]:
    """(is captain, is co-captain). Raises Unreadable."""
    try:
        return CAPTAINCIES[as_text(value).casefold()]
    except KeyError:
        raise Unreadable("is neither C, CC, Yes nor No") from None


def winner(value: Any) -> str:
    text = as_text(value).casefold()
    if text in ("home", "away", "tie"):
        return text
    if text in ("draw", "tied"):
        return "tie"
    if text in ("", "unknown", "n/a"):
        return "unknown"
    raise Unreadable("is neither home, away nor tie")
