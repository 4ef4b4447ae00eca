"""JSON rows → row objects: at once for a whole block, or one by one with a word on what is wrong.

A Shape learns how a file spells its fields and makes a msgspec Struct of it. A block that does not fit the
Struct is halved until the rows that do not fit are alone; those are decoded with care.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from etlimport.kinds import Field, Kind, plain
from etlimport.read.formats.json_array import MAX_ELEMENT, Block, TooLarge
from etlimport.read.rejected import Rejected

MOST_KEYS = 200
FEW = 4
NUL = b"\\u0000"
NUL_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
NOT_DECODABLE = (ValueError, RecursionError)
LONGEST_VALUE = 40
Value = Annotated[str, Meta(max_length=LONGEST_VALUE)] | int | float | None
"""A number, date, time or mark before it is parsed."""
IGNORED_PARTS = ("percentage", "for", "ret")
"""Parts of a table's figures that sources give and nobody reads."""

decode_any = msgspec.json.Decoder().decode
keys_of = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


@dataclass(frozen=True)
class Attribute:
    """An attribute of the row objects: a field of the kind of file, or a compound of several.

    `spellings` are reduced by `plain`; `compound`: the type of its value where it has parts.
    """

    title: str
    spellings: tuple[str, ...]
    type: Any
    length: int | None = None
    compound: Any = None


def attributes_of(kind: Kind) -> dict[str, Attribute]:
    """By name. A list of entries is an attribute, too."""
    return {name: as_attribute(kind, name, fields) for name, fields in kind.by_attribute().items()}


def as_attribute(kind: Kind, name: str, fields: list[Field]) -> Attribute:
    if not fields[0].part:
        title = fields[0].spelled[0]
        spellings = tuple(dict.fromkeys(plain(spelling) for field in fields for spelling in field.spelled))
        return Attribute(title, spellings, type_of(fields[0]), fields[0].type.length)
    is_list = name == kind.entries
    parts = [(field.part, type_of(field), None) for field in fields]
    if not is_list:
        parts += [(f"ignored_{part}", Any, msgspec.field(default=None, name=part)) for part in IGNORED_PARTS]
    compound = msgspec.defstruct(name.title(), parts, forbid_unknown_fields=True, gc=False)
    return Attribute(name, (plain(name),), (list[compound] if is_list else compound) | None, compound=compound)


def type_of(field: Field) -> Any:
    """What msgspec takes for a field at once."""
    return Annotated[str, Meta(max_length=field.type.length)] | None if field.type.length else Value


class Shape:
    """How one file spells the attributes of its kind, as far as it was read."""

    def __init__(self, kind: Kind):
        self.kind = kind
        self.attributes = attributes_of(kind)
        self.attribute_of = {
            spelling: name for name, attribute in self.attributes.items() for spelling in attribute.spellings
        }
        self.keys: set[str] = set()
        self.further: list[tuple[str, str]] = []
        self.decoder: msgspec.json.Decoder | None = None

    def build(self) -> None:
        """Make the Struct: its attributes, one more for each further spelling of one, and the rest undecoded."""
        spelled: dict[str, list[str]] = {name: [] for name in self.attributes}
        definitions = []
        for number, key in enumerate(sorted(self.keys)):
            if name := self.attribute_of.get(plain(key)):
                spelled[name].append(key)
            else:
                definitions.append((f"ignored_{number}", msgspec.Raw, msgspec.field(default=None, name=key)))
        self.further = []
        for name, attribute in self.attributes.items():
            keys = sorted(spelled[name], key=self.rank) or [attribute.title]
            for number, key in enumerate(keys):
                called = f"{name}_{number}_further" if number else name
                definitions.append((called, attribute.type, msgspec.field(default=None, name=key)))
                if number:
                    self.further.append((name, called))
        row = msgspec.defstruct("Row", definitions, forbid_unknown_fields=True, gc=False)
        self.decoder = msgspec.json.Decoder(list[row])

    def rank(self, key: str) -> int:
        """Which of the spellings of its attribute a key is."""
        return self.attributes[self.attribute_of[plain(key)]].spellings.index(plain(key))

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
            league = self.checked("league", found.get("league")) or ""
            if NUL in element and NUL_ESCAPE.search(element):
                raise Rejected("holds a NUL character")
            return SimpleNamespace(**{name: self.checked(name, found.get(name)) for name in self.attributes})
        except Rejected as rejected:
            return Rejected(str(rejected), league)

    def checked(self, name: str, value: Any) -> Any:
        """The value as the Struct would hold it. Raises Rejected for a text that no column can take."""
        attribute = self.attributes[name]
        if attribute.length:
            return text(attribute.title, value, attribute.length)
        if attribute.compound is None:
            return scalar(value)
        if name == self.kind.entries:
            return self.entries(attribute, value)
        return figures(attribute, value)

    def entries(self, attribute: Attribute, value: Any) -> list[Any] | None:
        if value is not None and not isinstance(value, list):
            raise Rejected(f"{attribute.title} holds {called(value)} where a list belongs")
        return value and [self.entry(attribute, item) for item in value]

    def entry(self, attribute: Attribute, item: Any) -> Any:
        """The entry, or Rejected."""
        try:
            if not isinstance(item, dict):
                raise Rejected(f"is not an object but {called(item)}")
            found = {plain(key): value for key, value in item.items()}
            values = {}
            for field in self.kind.fields:
                if field.part:
                    value = found.get(plain(field.part))
                    length = field.type.length
                    values[field.part] = text(field.part, value, length) if length else scalar(value)
        except Rejected as rejected:
            return Rejected(str(rejected), content=msgspec.json.encode(item))
        return attribute.compound(**values)

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
            holds_something = value is not None and value != ""
            if holds_something and (name not in found or self.rank(key) < found[name][0]):
                found[name] = self.rank(key), value
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


def figures(attribute: Attribute, value: Any) -> Any:
    """The compound; what is none counts as its first part."""
    if value is None:
        return None
    parts = [name for name in attribute.compound.__struct_fields__ if not name.startswith("ignored_")]
    if not isinstance(value, dict):
        return attribute.compound(**{parts[0]: scalar(value)})
    found = {plain(key): scalar(figure) for key, figure in value.items()}
    return attribute.compound(**{name: found.get(plain(name)) for name in parts})


def called(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return msgspec.json.encode(value).decode()
    return {dict: "an object", list: "a list", str: "a text"}.get(type(value), "a number")
