"""JSON rows → row objects: at once for a whole block, or one by one with a word on what is wrong.

A Shape learns how a file spells its fields and makes a msgspec Struct of it. A block that does not fit the
Struct is halved until the rows that do not fit are alone; those are decoded with care.
"""

import re
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import msgspec

from etlimport.read.fields import LONGEST_VALUE, Entry, Field, Figures, Value, plain
from etlimport.read.split import MAX_ELEMENT, Block, TooLarge

MOST_KEYS = 200
FEW = 4
NUL = b"\\u0000"
NUL_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
NOT_DECODABLE = (ValueError, RecursionError)

decode_any = msgspec.json.Decoder().decode
keys_of = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Rejected(Exception):
    """A row that cannot be imported, in words; `code` is that of its league where it could be told.

    `content` is what it held, as JSON, where that is not the whole element.
    """

    def __init__(self, reason: str, code: str = "", content: bytes = b""):
        super().__init__(reason)
        self.code, self.content = code, content

    def __getattr__(self, name: str):
        """Raised where a field of the row is asked for, so that a rejected row can stand among the others."""
        if name.startswith("_"):
            raise AttributeError(name)
        raise self


class Shape:
    """How one file spells the fields of its kind, as far as it was read."""

    def __init__(self, fields: dict[str, Field]):
        self.fields = fields
        self.attribute_of = {spelling: name for name, field in fields.items() for spelling in field.spellings}
        self.keys: set[str] = set()
        self.further: list[tuple[str, str]] = []
        self.decoder: msgspec.json.Decoder | None = None

    def build(self) -> None:
        """Make the Struct: an attribute for each field, one more for each further spelling, none for the rest."""
        spelled: dict[str, list[str]] = {name: [] for name in self.fields}
        definitions = []
        for number, key in enumerate(sorted(self.keys)):
            if name := self.attribute_of.get(plain(key)):
                spelled[name].append(key)
            else:
                definitions.append((f"ignored_{number}", msgspec.Raw, msgspec.field(default=None, name=key)))
        self.further = []
        for name, field in self.fields.items():
            keys = sorted(spelled[name], key=lambda key: field.spellings.index(plain(key))) or [field.name]
            for number, key in enumerate(keys):
                attribute = f"{name}_{number}_further" if number else name
                definitions.append((attribute, field.type, msgspec.field(default=None, name=key)))
                if number:
                    self.further.append((name, attribute))
        row = msgspec.defstruct("Row", definitions, forbid_unknown_fields=True, gc=False)
        self.decoder = msgspec.json.Decoder(list[row])

    def learn(self, elements: Iterable) -> bool:
        """Take up the keys of some rows; whether any was new."""
        keys = set()
        for element in elements:
            try:
                keys.update(keys_of(element))
            except NOT_DECODABLE:
                continue
        # msgspec takes no name that JSON would have to escape
        new = {key for key in keys - self.keys if key.isprintable() and not set(key) & set('"\\')}
        if not new or len(self.keys | new) > MOST_KEYS:
            return False
        self.keys |= new
        self.build()
        return True

    def rows(self, block: Block) -> list[Any]:
        """A row object, or Rejected, for each element of the block."""
        if not self.decoder:
            self.learn(block.elements[:1])  # which mostly has what all have
        rows = self.at_once(block)
        if rows is None and self.learn(block.elements):
            rows = self.at_once(block)
        return self.halved(block) if rows is None else rows

    def halved(self, block: Block) -> list[Any]:
        if len(block.elements) <= FEW:
            return [self.with_care(bytes_of(element)) for element in block.elements]
        rows = []
        for half in block.halves():
            found = self.at_once(half)
            rows += self.halved(half) if found is None else found
        return rows

    def at_once(self, block: Block) -> list[Any] | None:
        if NUL in block.array or not self.decoder:
            return None
        try:
            rows = self.decoder.decode(block.array)
        except NOT_DECODABLE:
            return None
        for name, further in self.further:
            for row in rows:
                if getattr(row, name) in (None, ""):
                    setattr(row, name, getattr(row, further))
        return rows if len(rows) == len(block.elements) else None

    def with_care(self, element: bytes) -> SimpleNamespace | Rejected:
        league = ""
        try:
            found = self.by_attribute(element)
            league = checked(self.fields["league"], found.get("league")) or ""
            if NUL in element and NUL_ESCAPE.search(element):
                raise Rejected("holds a NUL character")
            values = {name: checked(field, found.get(name)) for name, field in self.fields.items()}
            return SimpleNamespace(**values)
        except Rejected as rejected:
            return Rejected(str(rejected), league)

    def by_attribute(self, element: bytes) -> dict[str, Any]:
        """The values of a row by field; of several spellings the first that holds something.

        As in the Struct, what is in other fields need only be JSON. Raises Rejected.
        """
        if isinstance(element, TooLarge):
            raise Rejected(f"is larger than {MAX_ELEMENT >> 20} MB")
        found: dict[str, tuple[int, Any]] = {}
        # Sorted as in the Struct, for a row that has one field twice (`Player ID` and `player_id`).
        for key, raw in sorted(decoded(element, keys_of).items()):
            name = self.attribute_of.get(plain(key))
            value = decoded(raw, decode_any) if name else None
            if value is not None and value != "":
                rank = self.fields[name].spellings.index(plain(key))
                if name not in found or rank < found[name][0]:
                    found[name] = rank, value
        return {name: value for name, (_, value) in found.items()}


def bytes_of(element: bytes | msgspec.Raw) -> bytes:
    return element if isinstance(element, bytes) else bytes(element)


def decoded(element: bytes | msgspec.Raw, decode: Callable) -> Any:
    """Raises Rejected with what is wrong."""
    try:
        return decode(element)
    except RecursionError:
        raise Rejected("is nested too deeply") from None
    except UnicodeDecodeError as error:
        raise Rejected(f"is not UTF-8: {error.reason} at byte {error.start:,} of a text") from None
    except ValueError as error:
        if isinstance(error, msgspec.ValidationError) and decode is keys_of:
            raise Rejected(f"is not an object but {called(decoded(element, decode_any))}") from None
        raise Rejected(f"is not valid JSON: {what_is_wrong(bytes(element), error)}") from None


def what_is_wrong(element: bytes, error: ValueError) -> str:
    if re.search(rb"\\u[dD][89a-fA-F]", element):
        return "a text holds half a character (a lone surrogate)"
    return str(error)


def checked(field: Field, value: Any) -> Any:
    """The value as the Struct would hold it. Raises Rejected for a text that no column can take."""
    if field.length:
        return text(field.name, value, field.length)
    if field.type is Value:
        return scalar(value)
    return figures(value) if field.type == Figures | None else entries(field, value)


def text(name: str, value: Any, length: int) -> str | None:
    if isinstance(value, bool | list | dict):
        raise Rejected(f"{name} holds {called(value)} where a text belongs")
    if value is None:
        return None
    stripped = str(value).strip()
    if len(stripped) > length:
        raise Rejected(f"{name} is longer than {length} characters")
    return stripped


def scalar(value: Any) -> Value:
    """What is no scalar as a text that no parser reads."""
    if isinstance(value, bool | list | dict):
        return msgspec.json.encode(value).decode()[: LONGEST_VALUE + 1]
    return value


def figures(value: Any) -> Figures | None:
    if not isinstance(value, dict):
        return value if value is None else Figures(won=scalar(value))
    found = {plain(key): scalar(figure) for key, figure in value.items()}
    return Figures(**{name: found.get(name) for name in ("won", "lost", "tied")})


def entries(field: Field, value: Any) -> list[Entry | Rejected] | None:
    if value is not None and not isinstance(value, list):
        raise Rejected(f"{field.name} holds {called(value)} where a list belongs")
    return value and [entry(item) for item in value]


def entry(item: Any) -> Entry | Rejected:
    try:
        if not isinstance(item, dict):
            raise Rejected(f"is not an object but {called(item)}")
        found = {plain(key): value for key, value in item.items()}
        series = text("series", found.get("series"), 200)
    except Rejected as rejected:
        return Rejected(str(rejected), content=msgspec.json.encode(item))
    return Entry(scalar(found.get("date")), scalar(found.get("end pti")), series)


def called(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return msgspec.json.encode(value).decode()
    return {dict: "an object", list: "a list", str: "a text"}.get(type(value), "a number")
