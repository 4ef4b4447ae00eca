"""The keys and names of seasons: `2025-26`, or `2025` where a season lies in one year."""

import re
from datetime import date

YEARS = re.compile(r"(?P<first>(?:19|20)\d\d)(?:\s*[-–—/_ ]\s*(?P<last>(?:19|20)?\d\d))?(?!\d)")
LONGEST = 100
"""Characters of a value in which a season is looked for."""

FIRST_MONTH = 7
"""The month with which a season begins of which no date is known."""


def key_of_dates(first: date | None, last: date | None, today: date) -> str:
    """The key of a season with these first and last days; without them, of the one in which `today` lies."""
    if first is None or last is None:
        start = today.year if today.month >= FIRST_MONTH else today.year - 1
        return key_of_years(start, start + 1)
    return key_of_years(first.year, last.year)


def key_of_years(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last % 100:02d}"


def key_of_text(text: str) -> str | None:
    """The key of the season that a text names, which may be the name of a folder; None if it names none.

    `2024_2025`, `Season 2024/25` and `2024-25` are one; what else the text says makes another one of it only where it
    names a part of the year, as `2025 Summer` does.
    """
    found = YEARS.search(text)
    if found is None:
        return None
    first = int(found["first"])
    last = int(found["last"]) if found["last"] else first
    if last < 100:
        last += first // 100 * 100
    if last not in (first, first + 1):
        return None
    part = PART_OF_YEAR.search(text)
    return key_of_years(first, last) + (f"-{part[0].casefold()}" if part else "")


def key_of_value(value: object) -> str:
    """The same of any value of a row; an empty text if it names no season."""
    return key_of_text(str(value)[:LONGEST]) or "" if isinstance(value, str | int) else ""


PART_OF_YEAR = re.compile(r"spring|summer|fall|autumn|winter", re.IGNORECASE)


def name_of(key: str) -> str:
    """The name of a season by its key: `2025-26` → `2025–26`, `2025-summer` → `2025 Summer`, `2025-2` → `2025, No. 2`.

    The last is the second season that a league has in one year.
    """
    years, *parts = key.split("-")
    if parts and len(parts[0]) == 2 and parts[0].isdigit():
        years += f"–{parts.pop(0)}"
    return years + "".join(f", No. {part}" if part.isdigit() else f" {part.title()}" for part in parts)


Order = tuple[int, int, int, str]


def order_of(key: str) -> Order:
    """What sorts the keys of a league's seasons by time: `2025`, `2025-summer`, `2025-26`, `2026`."""
    years, _, rest = key.partition("-")
    ends, _, part = (rest if rest[:2].isdigit() and len(rest.partition("-")[0]) == 2 else f"-{rest}").partition("-")
    first = int(years)
    last = first // 100 * 100 + int(ends) if ends else first
    return first, last + 100 * (last < first), PARTS.index(part) if part in PARTS else len(PARTS), part


PARTS = ("", "winter", "spring", "summer", "fall", "autumn")


def next_key(key: str) -> str:
    """The key of the same season a year later: `2024-25` → `2025-26`, `2025-summer` → `2026-summer`."""
    years, dash, rest = key.partition("-")
    ends, further, part = rest.partition("-")
    if len(ends) == 2 and ends.isdigit():
        return f"{int(years) + 1}-{(int(ends) + 1) % 100:02d}{further}{part}"
    return f"{int(years) + 1}{dash}{rest}"
