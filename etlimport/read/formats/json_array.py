"""A JSON array on disk → blocks of its elements, without holding more than some MB of it.

The end of a block is guessed where the text between the first two elements occurs last; a guess is right if
and only if what precedes it is a list of whole JSON values, which msgspec tells at hundreds of MB a second.
Where no guess is right, a regular expression walks the brackets and skips the strings.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

import msgspec

from etlimport.read.files import SourcePath, SourceRefused, SourceUnreadable, readable

BLOCK_SIZE = 1 << 17
"""Small, so that the database takes one block in while the next is read."""

MAX_ELEMENT = 1 << 20
KEPT_OF_TOO_LARGE = 10_000

BLANKS = b" \t\r\n"
TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["\[{\]},]', re.DOTALL)
INSIDE_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
SEPARATOR = re.compile(rb'\}\s*,\s*\{\s*"[^"\\]{1,40}"')
JSON_BUT_NO_LIST = re.compile(rb'[{"\d-]|true|false|null')

decode_elements = msgspec.json.Decoder(list[msgspec.Raw]).decode


class TooLarge(bytes):
    """The beginning of an element that is larger than MAX_ELEMENT."""


@dataclass
class Block:
    """Consecutive elements of the array, the first of them number `start`, each as JSON."""

    start: int
    elements: list[bytes]
    array: bytes
    """The elements as one JSON array; no valid one where an element is not valid."""

    def halves(self) -> tuple["Block", "Block"]:
        middle = len(self.elements) // 2
        parts = (self.start, self.elements[:middle]), (self.start + middle, self.elements[middle:])
        return tuple(Block(start, elements, joined(elements)) for start, elements in parts)


def joined(elements: list[bytes]) -> bytes:
    return b"[" + b",".join(elements) + b"]"


def read_blocks(source: SourcePath, block_size: int = BLOCK_SIZE) -> Iterator[Block]:
    """Raises SourceRefused for a file that is empty or no JSON, SourceUnreadable for one that is cut or broken."""
    with readable(source.path), source.path.open("rb") as file:
        start = 0
        for elements, array in ArrayReader(file, source.relative, block_size).blocks():
            yield Block(start, elements, array)
            start += len(elements)


class ArrayReader:
    """Walks one array. `window` is what was read and not yet handed on; it begins at byte `offset`."""

    def __init__(self, file: BinaryIO, name: str, block_size: int = BLOCK_SIZE):
        self.file, self.name, self.block_size = file, name, block_size
        self.window, self.offset = b"", 0
        self.at_end = self.closed = self.met_any = False
        self.separator: bytes | None = None

    def blocks(self) -> Iterator[tuple[list[bytes], bytes]]:
        self.open_array()
        while not self.closed:
            self.fill()
            elements, array = self.guessed() or self.walked()
            if elements:
                self.met_any = True
                yield elements, array
        self.check_end()

    def fill(self) -> None:
        chunk = self.file.read(self.block_size)
        self.at_end = not chunk
        self.window += chunk

    def drop(self, count: int) -> None:
        self.window, self.offset = self.window[count:], self.offset + count

    def drop_blanks(self) -> None:
        self.drop(len(self.window) - len(self.window.lstrip(BLANKS)))

    def fill_beyond_blanks(self) -> None:
        self.drop_blanks()
        while len(self.window) < 4 and not self.at_end:
            self.fill()
            self.drop_blanks()

    def open_array(self) -> None:
        self.fill_beyond_blanks()
        if self.window.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise SourceUnreadable(f"{self.name} is written in UTF-16: write it as UTF-8.")
        if self.window.startswith(b"\xef\xbb\xbf"):
            self.drop(3)
            self.fill_beyond_blanks()
        if not self.window:
            raise SourceRefused(f"{self.name} is empty: check what wrote it.")
        if self.window.startswith(b"["):
            return self.drop(1)
        beginning = self.window[:40].decode("utf-8", "replace")
        if JSON_BUT_NO_LIST.match(self.window):
            raise SourceUnreadable(f"{self.name} holds no list: it begins with {beginning!r} instead of `[`.")
        raise SourceRefused(f"{self.name} is not JSON: it begins with {beginning!r}. Check what wrote it.")

    def guessed(self) -> tuple[list[bytes], bytes] | None:
        """The elements up to the last separator in the window; None where there is no telling."""
        if self.separator is None:
            self.separator = first_separator(self.window)
        cut = self.window.rfind(self.separator) + 1 if self.separator else 0
        if cut <= len(self.window) // 2:
            return None
        array = b"[" + self.window[:cut] + b"]"
        try:
            elements = decode_elements(array)
        except (ValueError, RecursionError):
            return None
        if max(map(len, elements)) > MAX_ELEMENT:
            return None
        self.drop(self.window.index(b",", cut) + 1)
        return elements, array

    def walked(self) -> tuple[list[bytes], bytes]:
        """The whole elements in the window, found bracket by bracket; none where it ends inside the first."""
        ends, self.closed = self.element_ends()
        elements = []
        start = 0
        for end in ends:
            element = self.window[start:end].strip(BLANKS)
            elements.append(element if len(element) <= MAX_ELEMENT else TooLarge(element[:KEPT_OF_TOO_LARGE]))
            start = end + 1
        self.drop(start)
        self.separator = None  # the next rows may begin with another key
        if self.closed and elements == [b""] and not self.met_any:
            elements = []
        elif not elements:
            self.drop_blanks()
            if self.at_end:
                self.cut_off()
            if len(self.window) > MAX_ELEMENT:
                elements = [self.skipped_element()]
        return elements, joined(elements)

    def element_ends(self) -> tuple[list[int], bool]:
        """Where in the window elements end, at a comma or at the end of the array, and whether that came."""
        ends, depth = [], 0
        for match in TOKEN.finditer(self.window):
            token = match.group()
            if token in b"{[":
                depth += 1
            elif token in b"}]":
                if not depth:
                    self.check_closing(token, match.start())
                    return [*ends, match.start()], True
                depth -= 1
            elif token == b",":
                if not depth:
                    ends.append(match.start())
            elif token == b'"':  # the window ends inside a string
                break
        return ends, False

    def skipped_element(self) -> TooLarge:
        """Read past the element the window begins with, holding no more than a window of it."""
        beginning = TooLarge(self.window[:KEPT_OF_TOO_LARGE])
        depth, in_string = 0, False
        while True:
            at = 0
            while at < len(self.window):
                if in_string:
                    at = INSIDE_STRING.match(self.window, at).end()
                    if at == len(self.window) or self.window[at] != ord('"'):
                        break
                    in_string, at = False, at + 1
                match = TOKEN.search(self.window, at)
                if not match:
                    at = len(self.window)
                    break
                token, at = match.group(), match.end()
                if token in (b",", b"}", b"]") and not depth:
                    self.closed = token != b","
                    if self.closed:
                        self.check_closing(token, match.start())
                    self.drop(at)
                    return beginning
                depth += (token in b"{[") - (token in b"}]")
                in_string = token == b'"'
            self.drop(at)
            self.fill()
            if self.at_end:
                self.cut_off()

    def check_closing(self, token: bytes, at: int) -> None:
        if token != b"]":
            raise SourceUnreadable(
                f"{self.name} is broken at byte {self.offset + at:,}: a bracket closes that never opened. "
                "Have it written again."
            )

    def cut_off(self) -> NoReturn:
        raise SourceUnreadable(
            f"{self.name} is cut off: the row at byte {self.offset:,} does not end. Have it written again."
        )

    def check_end(self) -> None:
        self.fill_beyond_blanks()
        if self.window:
            raise SourceUnreadable(
                f"{self.name} goes on after the end of its list at byte {self.offset:,}. Have it written again."
            )


def first_separator(window: bytes) -> bytes:
    """What stands between the first two objects, up to the second one's first key; b"" if they are none."""
    depth = 0
    for match in TOKEN.finditer(window):
        token = match.group()
        if token == b'"':  # the window ends inside a string
            break
        depth += (token in b"{[") - (token in b"}]")
        if depth <= 0:
            separator = SEPARATOR.match(window, match.start())
            return separator.group() if separator else b""
    return b""
