"""How natural keys stand in addresses, whatever characters a source puts into them."""

import re

UNSAFE = re.compile(r"[/\\~\x00-\x1f\x7f-\x9f]")
"""What ends a part of an address or is lost on the way to it, and the sign that stands before its code."""

ESCAPED = re.compile(r"~([0-9a-f]{2})")
EMPTY = "~"


class KeyConverter:
    """A key as one part of an address. `A/B` is written as `A~2fB`, an empty key as `~`, and `.` as `~2e`."""

    regex = "[^/]+"

    def to_url(self, key: object) -> str:
        key = str(key)
        if key in (".", ".."):  # browsers take these for folders
            return key.replace(".", "~2e")
        return UNSAFE.sub(lambda match: f"~{ord(match.group()):02x}", key) or EMPTY

    def to_python(self, part: str) -> str:
        return "" if part == EMPTY else ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), part)


class IdConverter(KeyConverter):
    """The id of a player, which may stand in an address with the slashes in it, too."""

    regex = ".+"
