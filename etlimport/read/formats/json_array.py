"""Reads a JSON array from disk in blocks of whole elements, holding no more than a few MB of it in memory.

To find the end of a block quickly, the last occurrence of the text that stands between the first two elements is taken
for a boundary. It is one if everything before it decodes as a list of JSON values, which msgspec checks at hundreds of
MB per second. If it is not, a regular expression finds the ends of the elements by counting brackets outside strings.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

import msgspec

from etlimport.read.files import SourcePath, SourceRefused, SourceUnreadable, readable
from etlimport.read.formats.encodings import as_utf8, encoding_of

BLOCK_SIZE = 1 << 17
"""Bytes read at a time. They are few, so that the database can store one block while the next one is read."""

MAX_ELEMENT = 1 << 20
"""The number of bytes an element may have."""

KEPT_OF_TOO_LARGE = 10_000
"""How many bytes of an element that is too large are kept to show it."""

BLANKS = b" \t\r\n"
TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["\[{\]},]', re.DOTALL)
INSIDE_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
SEPARATOR = re.compile(rb'\}\s*,\s*\{\s*"[^"\\]{1,40}"')
OTHER_JSON = re.compile(rb'[{"\d-]|true|false|null')
"""How JSON that is not a list begins."""

Element = bytes | msgspec.Raw

decode_elements = msgspec.json.Decoder(list[msgspec.Raw]).decode


class TooLarge(bytes):
    """The beginning of an element that is larger than MAX_ELEMENT."""


@dataclass
class Block:
    """Consecutive elements of the array, each as JSON. `start` is the index of the first of them.

    `array` holds them as one JSON array. It is not valid JSON if one of the elements is not.
    """

    start: int
    elements: Sequence[Element]
    array: bytes

    def halves(self) -> tuple["Block", "Block"]:
        middle = len(self.elements) // 2
        first, second = self.elements[:middle], self.elements[middle:]
        return Block(self.start, first, joined(first)), Block(self.start + middle, second, joined(second))


def joined(elements: Iterable[Element]) -> bytes:
    return b"[" + b",".join(elements) + b"]"


def read_blocks(source: SourcePath, block_size: int = BLOCK_SIZE) -> Iterator[Block]:
    """Raises SourceRefused for a file that is empty or not JSON, SourceUnreadable for one that is cut off or broken."""
    with readable(source.path), source.path.open("rb") as file:
        encoding = encoding_of(file.read(4))
        file.seek(0)
        start = 0
        try:
            for elements, array in ArrayReader(as_utf8(file, encoding), source.relative, block_size).blocks():
                yield Block(start, elements, array)
                start += len(elements)
        except UnicodeDecodeError as error:
            raise SourceUnreadable(
                f"{source.relative} is not the UTF-16 that it begins as: {error}. Write it as UTF-8."
            ) from None


class ArrayReader:
    """Reads one array. `window` holds the bytes that were read but not returned yet; `offset` is where they begin."""

    def __init__(self, file: BinaryIO, name: str, block_size: int = BLOCK_SIZE) -> None:
        self.file, self.name, self.block_size = file, name, block_size
        self.window, self.offset = b"", 0
        self.at_end = self.closed = self.met_any = False
        self.separator: bytes | None = None

    def blocks(self) -> Iterator[tuple[Sequence[Element], bytes]]:
        self.open_array()
        while not self.closed:
            self.fill()
            elements, array = self.guessed_elements() or self.counted_elements()
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
        if self.window.startswith(b"\xef\xbb\xbf"):
            self.drop(3)
            self.fill_beyond_blanks()
        if not self.window:
            raise SourceRefused(f"{self.name} is empty: check what wrote it.")
        if self.window.startswith(b"["):
            return self.drop(1)
        beginning = self.window[:40].decode("utf-8", "replace")
        if OTHER_JSON.match(self.window):
            raise SourceUnreadable(f"{self.name} holds no list: it begins with {beginning!r} instead of `[`.")
        raise SourceRefused(f"{self.name} is not JSON: it begins with {beginning!r}. Check what wrote it.")

    def guessed_elements(self) -> tuple[Sequence[Element], bytes] | None:
        """The elements up to the last separator in the window; None if that is not the end of an element."""
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

    def counted_elements(self) -> tuple[Sequence[Element], bytes]:
        """The whole elements in the window, found by counting brackets; none if it ends inside the first one."""
        ends, self.closed = self.element_ends()
        elements: list[bytes] = []
        start = 0
        for end in ends:
            element = self.window[start:end].strip(BLANKS)
            elements.append(element if len(element) <= MAX_ELEMENT else TooLarge(element[:KEPT_OF_TOO_LARGE]))
            start = end + 1
        self.drop(start)
        self.separator = None  # the rows that follow may begin with another key
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
        """The places in the window where elements end, and whether the last of them is the end of the array."""
        ends: list[int] = []
        depth = 0
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
        """Skip the element at the beginning of the window, with no more than one window of it in memory."""
        beginning = TooLarge(self.window[:KEPT_OF_TOO_LARGE])
        depth, in_string = 0, False
        while True:
            at = 0
            while at < len(self.window):
                if in_string:
                    at = end_of_string(self.window, at)
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


def end_of_string(window: bytes, at: int) -> int:
    """The place of the quotation mark that ends the string `at` is inside of, or of the end of the window."""
    match = INSIDE_STRING.match(window, at)
    return match.end() if match else at


def first_separator(window: bytes) -> bytes:
    """The text between the first two elements, up to the second one's first key; b"" if they are not two objects."""
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
