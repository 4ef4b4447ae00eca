"""Files and texts that are not written in UTF-8, or were taken for something else on their way and encoded twice.

The libraries for that are imported where they are called, which is seldom: else every command would begin a tenth of a
second later.
"""

import codecs
import re
from typing import Any, BinaryIO, cast

import msgspec

UTF_16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", b"[\0": "utf-16-le", b"\0[": "utf-16-be"}
"""How a JSON list in UTF-16 begins, with a byte order mark and without one."""

WESTERN = ["cp1252", "latin_1"]
NAMES = {"cp1252": "Windows-1252", "latin_1": "ISO-8859-1", "utf-16": "UTF-16"}

DOUBLY_ENCODED = re.compile(rb"\xc3[\x82-\x85\xa2]|\\u00[cC][2-5]|\\u00[eE]2")
"""How a letter begins that was in UTF-8, taken for Windows-1252, and encoded again: `Ã` for the first byte of `é`."""


def may_be_encoded_twice(content: bytes) -> bool:
    """Whether a letter of it may be encoded twice. Asks first, as that is quick, whether there is any such byte."""
    return (b"\xc3" in content or b"\\u00" in content) and DOUBLY_ENCODED.search(content) is not None


def encoding_of(beginning: bytes) -> str:
    """The encoding of a file as its first bytes tell it: UTF-8 unless they are those of UTF-16."""
    return UTF_16.get(beginning[:2], "utf-8")


def as_utf8(file: BinaryIO, encoding: str) -> BinaryIO:
    """The file, read as UTF-8 whatever its encoding."""
    return file if encoding == "utf-8" else cast(BinaryIO, codecs.EncodedFile(file, "utf-8", encoding))


def western_text(element: bytes) -> tuple[str, str]:
    """(text, name of its encoding) of bytes that are not UTF-8."""
    from charset_normalizer import from_bytes

    found = from_bytes(element, cp_isolation=WESTERN).best()
    encoding = found.encoding if found else "latin_1"
    return element.decode(encoding), NAMES.get(encoding, encoding)


def repaired(element: bytes) -> tuple[bytes, list[str]]:
    """A JSON element without doubly encoded texts, and for each such text what it was and what it is.

    `RenÃ©e` → `Renée`. The element is unchanged if it is no valid JSON.
    """
    import ftfy

    changes: list[str] = []

    def mended(value: Any) -> Any:
        match value:
            case str():
                fixed = ftfy.fix_encoding(value)
                if fixed != value:
                    changes.append(f"{value[:60]!r} is {fixed[:60]!r}, encoded twice")
                return fixed
            case dict():
                return {key: mended(item) for key, item in value.items()}
            case list():
                return [mended(item) for item in value]
        return value

    try:
        found = mended(msgspec.json.decode(element))
    except (ValueError, RecursionError):
        return element, []
    return (msgspec.json.encode(found), changes) if changes else (element, [])
