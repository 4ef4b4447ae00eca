"""Decodes the elements of a JSON array into row objects.

A RowDecoder learns which names a file uses for its fields and makes a msgspec Struct with them, so that msgspec decodes
a whole block at once. A block that it cannot decode is split into halves, until only the rows that cause this are left.
Those are decoded one by one, which is slow but tells what is wrong with each.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from types import GenericAlias, SimpleNamespace
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from etlimport.kinds import Field, Kind, normalized
from etlimport.kinds.values import NotText
from etlimport.read.formats.encodings import western_text
from etlimport.read.formats.json_array import MAX_ELEMENT, Block, Element, TooLarge
from etlimport.read.rejected import Rejected

MAX_KEYS = 200
"""How many different keys the rows of a file may have; those met after that many are decoded one row at a time."""

FEW = 4
"""The number of elements of a block that is not split any further."""

NUL = b"\\u0000"
NOT_DECODABLE = (ValueError, RecursionError)
MAX_VALUE_LENGTH = 40
Value = Annotated[str, Meta(max_length=MAX_VALUE_LENGTH)] | int | float | None
"""A number, date, time or mark before it is parsed."""

IGNORED_PARTS = ("percentage", "for", "ret")
"""Keys inside the figures of a standing that sources write and no field is read from."""

decode_any = msgspec.json.Decoder().decode
keys_of = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


@dataclass(frozen=True)
class Attribute:
    """An attribute of the row objects, which holds a field of the kind of file, or an object or list of several fields.

    `title`: the name by which messages call it. `spellings`: its normalized names. `type`: the type msgspec decodes it
    to. `length`: the number of characters a text may have. `parts`: the Struct of the object, or of each entry of the
    list; None for a single field.
    """

    title: str
    spellings: tuple[str, ...]
    type: Any
    length: int | None = None
    parts: Any = None


def attributes_of(kind: Kind) -> dict[str, Attribute]:
    """By name. A list of entries is an attribute, too."""
    return {name: as_attribute(kind, name, fields) for name, fields in kind.by_attribute().items()}


def as_attribute(kind: Kind, name: str, fields: list[Field]) -> Attribute:
    if not fields[0].part:
        title = fields[0].spellings[0]
        spellings = tuple(dict.fromkeys(normalized(spelling) for field in fields for spelling in field.spellings))
        return Attribute(title, spellings, type_of(fields[0]), fields[0].type.length)
    is_list = name == kind.entries
    parts: list[tuple[str, Any, Any]] = [(field.part, type_of(field), None) for field in fields]
    if not is_list:
        parts += [(f"ignored_{part}", Any, msgspec.field(default=None, name=part)) for part in IGNORED_PARTS]
    struct = msgspec.defstruct(name.title(), parts, forbid_unknown_fields=True, gc=False)
    type_ = GenericAlias(list, (struct,)) if is_list else struct
    return Attribute(name, (normalized(name),), type_ | None, parts=struct)


def type_of(field: Field) -> Any:
    """The type that msgspec decodes the values of a field to."""
    return Annotated[str, Meta(max_length=field.type.length)] | None if field.type.length else Value


class RowDecoder:
    """Decodes the rows of one file with a Struct of the keys met so far."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.attributes = attributes_of(kind)
        self.attribute_of = {
            spelling: name for name, attribute in self.attributes.items() for spelling in attribute.spellings
        }
        self.keys: set[str] = set()
        self.alternatives: list[tuple[str, str]] = []
        self.decoder: msgspec.json.Decoder[list[Any]] | None = None
        self.encodings: Counter[str] = Counter()

    def build(self) -> None:
        """Make the Struct of the keys met so far.

        If a file uses several keys for one attribute, each of them is an attribute of its own at first; `alternatives`
        pairs the attribute with the names of the others. Keys that belong to no attribute are not decoded.
        """
        keys_by_attribute: dict[str, list[str]] = {name: [] for name in self.attributes}
        definitions: list[tuple[str, Any, Any]] = []
        for number, key in enumerate(sorted(self.keys)):
            if name := self.attribute_of.get(normalized(key)):
                keys_by_attribute[name].append(key)
            else:
                definitions.append((f"ignored_{number}", msgspec.Raw, msgspec.field(default=None, name=key)))
        self.alternatives = []
        for name, attribute in self.attributes.items():
            keys = sorted(keys_by_attribute[name], key=self.rank) or [attribute.title]
            for number, key in enumerate(keys):
                alternative = f"{name}_alternative_{number}" if number else name
                definitions.append((alternative, attribute.type, msgspec.field(default=None, name=key)))
                if number:
                    self.alternatives.append((name, alternative))
        row = msgspec.defstruct("Row", definitions, forbid_unknown_fields=True, gc=False)
        self.decoder = msgspec.json.Decoder(GenericAlias(list, (row,)))

    def unknown_fields(self) -> list[str]:
        """The fields met so far that no field of the kind of file is read from, except those known to tell nothing."""
        known = {*self.attribute_of, *map(normalized, self.kind.ignored)}
        return sorted(key for key in self.keys if normalized(key) not in known)

    def rank(self, key: str) -> int:
        """The place of a key among the spellings of its attribute; the one with the lowest rank comes first."""
        return self.attributes[self.attribute_of[normalized(key)]].spellings.index(normalized(key))

    def learn(self, elements: Iterable[Element]) -> bool:
        """Add the keys of some rows to the Struct. Returns whether any of them is new."""
        keys: set[str] = set()
        for element in elements:
            try:
                keys.update(keys_of(element))
            except NOT_DECODABLE:
                continue
        # msgspec accepts no name of a field that JSON would have to escape.
        new = {key for key in keys - self.keys if key.isprintable() and not set(key) & set('"\\')}
        if not new or len(self.keys | new) > MAX_KEYS:
            return False
        self.keys |= new
        self.build()
        return True

    def rows(self, block: Block) -> list[Any]:
        """A row object for each element of the block, or a Rejected for an element that is none."""
        if not self.decoder:
            self.learn(block.elements[:1])  # in most files every element has the same keys
        rows = self.decode_together(block)
        if rows is None and self.learn(block.elements):
            rows = self.decode_together(block)
        return self.decode_by_halves(block) if rows is None else rows

    def decode_by_halves(self, block: Block) -> list[Any]:
        if len(block.elements) <= FEW:
            return [self.decode_alone(bytes_of(element)) for element in block.elements]
        rows = []
        for half in block.halves():
            found = self.decode_together(half)
            rows += self.decode_by_halves(half) if found is None else found
        return rows

    def decode_together(self, block: Block) -> list[Any] | None:
        """The row objects of a block; None if one of its elements cannot be decoded to the Struct."""
        if NUL in block.array or not self.decoder:
            return None
        try:
            rows = self.decoder.decode(block.array)
        except NOT_DECODABLE:
            return None
        for name, alternative in self.alternatives:
            for row in rows:
                if getattr(row, name) in (None, ""):
                    setattr(row, name, getattr(row, alternative))
        return rows if len(rows) == len(block.elements) else None

    def decode_alone(self, element: bytes) -> SimpleNamespace | Rejected:
        league = ""
        try:
            found = {name: self.checked(name, value) for name, value in self.by_attribute(element).items()}
            league = str(found.get("league") or "")
            return SimpleNamespace(**{**dict.fromkeys(self.attributes), **found})
        except Rejected as rejected:
            return Rejected(str(rejected), league)

    def checked(self, name: str, value: Any) -> Any:
        """The value as the Struct would hold it, or NotText for a text that is none or too long for its column."""
        attribute = self.attributes[name]
        if attribute.length:
            return text(attribute.title, value, attribute.length)
        if attribute.parts is None:
            return scalar(value)
        if name == self.kind.entries:
            return self.entries(attribute, value)
        return object_of_parts(attribute, value)

    def entries(self, attribute: Attribute, value: Any) -> list[Any] | None:
        """The entries of a list, each as the Struct would hold it or as Rejected."""
        if value is not None and not isinstance(value, list):
            raise Rejected(f"{attribute.title} holds {type_name(value)} where a list belongs")
        return value and [self.entry(attribute, item) for item in value]

    def entry(self, attribute: Attribute, item: Any) -> Any:
        try:
            if not isinstance(item, dict):
                raise Rejected(f"is not an object but {type_name(item)}")
            found = {normalized(key): value for key, value in item.items()}
            values: dict[str, Any] = {}
            for field in self.kind.fields:
                if field.part:
                    value = found.get(normalized(field.part))
                    length = field.type.length
                    values[field.part] = text(field.part, value, length) if length else scalar(value)
        except Rejected as rejected:
            return Rejected(str(rejected), content=msgspec.json.encode(item))
        return attribute.parts(**values)

    def by_attribute(self, element: bytes) -> dict[str, Any]:
        """The values of a row by the name of their attribute.

        If a row has several spellings of an attribute, the first one with a value counts. Raises Rejected.
        """
        if isinstance(element, TooLarge):
            raise Rejected(f"is larger than {MAX_ELEMENT >> 20} MB")
        found: dict[str, tuple[int, Any]] = {}
        # The keys are sorted as in the Struct, for a row with both `Player ID` and `player_id`.
        for key, value in sorted(self.members(element).items()):
            name = self.attribute_of.get(normalized(key))
            if name is None:
                continue
            has_value = value is not None and value != ""
            if has_value and (name not in found or self.rank(key) < found[name][0]):
                found[name] = self.rank(key), value
        return {name: value for name, (_, value) in found.items()}

    def members(self, element: bytes) -> dict[str, Any]:
        """The members of an object, also of one that only Python takes for JSON (`NaN`) or that is not in UTF-8.

        Raises Rejected.
        """
        try:
            return as_object(decode_any(element))
        except RecursionError:
            raise Rejected("is nested too deeply") from None
        except ValueError as error:
            return as_object(self.decode_leniently(element, error))

    def decode_leniently(self, element: bytes, error: ValueError) -> Any:
        try:
            text = element.decode()
        except UnicodeDecodeError:
            text, encoding = western_text(element)
            self.encodings[encoding] += 1
        try:
            return json.loads(text)
        except RecursionError:
            raise Rejected("is nested too deeply") from None
        except ValueError:
            raise Rejected(f"is not valid JSON: {error}") from None


def as_object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Rejected(f"is not an object but {type_name(value)}")
    return value


def bytes_of(element: Element) -> bytes:
    return element if isinstance(element, bytes) else bytes(element)


def text(name: str, value: Any, length: int) -> str | NotText | None:
    """The value as a text without blanks around it, or NotText for a value that is none or too long."""
    if isinstance(value, bool | list | dict):
        return NotText(f"{name} holds {type_name(value)} where a text belongs")
    if isinstance(value, float) and not isfinite(value):
        return NotText(f"{name} is no number")
    if value is None:
        return None
    stripped = str(value).strip()
    if len(stripped) > length:
        return NotText(f"{name} is longer than {length} characters")
    if "\0" in stripped:
        return NotText(f"{name} holds a NUL character")
    if not is_encodable(stripped):
        return NotText(f"{name} holds half a character (a lone surrogate)")
    return stripped


def is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def scalar(value: Any) -> Any:
    """A number or text unchanged. Anything else becomes its JSON text, which no parser of a field can read."""
    if isinstance(value, bool | list | dict):
        return msgspec.json.encode(value).decode()[: MAX_VALUE_LENGTH + 1]
    return value


def object_of_parts(attribute: Attribute, value: Any) -> Any:
    """The object with its parts. A value that is not an object is taken for the first of its parts."""
    if value is None:
        return None
    parts = [name for name in attribute.parts.__struct_fields__ if not name.startswith("ignored_")]
    if not isinstance(value, dict):
        return attribute.parts(**{parts[0]: scalar(value)})
    found = {normalized(key): scalar(part) for key, part in value.items()}
    return attribute.parts(**{name: found.get(normalized(name)) for name in parts})


def type_name(value: Any) -> str:
    """What a JSON value is, for a message."""
    match value:
        case None | bool():
            return msgspec.json.encode(value).decode()
        case dict():
            return "an object"
        case list():
            return "a list"
        case str():
            return "a text"
    return "a number"
