"""The classes with which a kind of file is described: the kind, its fields, and the types of their values."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

UNREAD = "unread"
"""The staged column that says which values of a row could not be read."""

StagedRow = tuple[Any, ...]
"""The values of a row of a file in the order of `Kind.columns`, as the database takes them."""


@lru_cache(maxsize=1_000)
def normalized(name: str) -> str:
    """A field's name in lower case, with single blanks: `Series_Mapping ID` → `series mapping id`."""
    return " ".join(name.replace("_", " ").casefold().split())


@dataclass(frozen=True)
class Type:
    """How the values of a field are read and staged.

    `parse`: converts a decoded JSON value into one the database takes; raises Unreadable if it is none of this type.
    `sql`: the type of the field's column in the staged table.
    `length`: the number of characters a text may have; None for other types.
    `nullable`: whether the value may be missing.
    """

    parse: Callable[[Any], Any]
    sql: str
    length: int | None = None
    nullable: bool = False


@dataclass(frozen=True)
class Field:
    """A field of a kind of file.

    `name`: the name of its column, in the staged table and in the model.
    `spellings`: the names sources use for it, whose case and underscores do not matter. If a row has several of them,
    the first one with a value counts. The field `won` in the object `matches: {won, lost}` is spelled `matches.won`.
    `fact_of`: the kind of thing this is a fact about ("player"). It is empty for a field that identifies the thing a
    row is about; the converter of the kind of file handles such fields one by one.
    `change`: the heading under which reports list changes of this field; empty if they do not list them.
    `read_from`: the name shared by several fields that are read from one field of the file; empty for all others.
    """

    name: str
    type: Type
    spellings: tuple[str, ...]
    fact_of: str = ""
    change: str = ""
    read_from: str = ""

    @property
    def attribute(self) -> str:
        """The attribute of a decoded row that holds the value, or the object the value is inside of."""
        return self.read_from or self.spellings[0].rpartition(".")[0] or self.name

    @property
    def part(self) -> str:
        """The key of the value if it is inside an object, else an empty text."""
        _, dot, part = self.spellings[0].rpartition(".")
        return part if dot else ""


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of file: its name, its fields, and how its rows are staged.

    `identity`: the staged columns that identify the thing a row is about, each with its SQL type. The converter of the
    kind of file fills them. The columns of the facts come after them.
    `entries`: the name of the list in which an element of the file holds its rows; empty if each element is a row.
    Fields spelled `<name of the list>.…` belong to the rows in the list, all others to the element.
    `ignored`: what sources call fields that tell nothing that other fields do not.
    """

    name: str
    identity: dict[str, str]
    fields: tuple[Field, ...]
    entries: str = ""
    ignored: tuple[str, ...] = ()

    def columns(self) -> dict[str, str]:
        """The columns of the staged table in their order, each with its SQL type.

        `unread`, between the identity and the facts, has the bits of the fields whose value could not be read.
        """
        facts = {field.name: f"{field.type.sql}{'' if field.type.nullable else ' NOT NULL'}" for field in self.facts()}
        return {**self.identity, UNREAD: "bigint NOT NULL", **facts}

    def bit(self, name: str) -> int:
        """The bit of a field in the column `unread` of a staged row.

        It is set where the row holds a value of the field that could not be read: the staged one is NULL, empty or
        false then, but says nothing. The facts have the lowest bits, in their order; the other fields come after them.
        """
        facts = self.facts()
        return 1 << [*facts, *(field for field in self.fields if field not in facts)].index(self.field(name))

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)

    def facts(self, thing: str = "") -> list[Field]:
        """The fields that are facts about one kind of thing, or about any if none is named."""
        return [field for field in self.fields if field.fact_of and thing in ("", field.fact_of)]

    def names_of_facts(self, thing: str = "") -> list[str]:
        return [field.name for field in self.facts(thing)]

    def facts_sql(self, alias: str, thing: str = "") -> str:
        """SQL for a list of the facts about one kind of thing, or about any, as columns of `alias`."""
        return ", ".join(f"{alias}.{name}" for name in self.names_of_facts(thing))

    def by_attribute(self) -> dict[str, list[Field]]:
        """The fields by the attribute of a decoded row that holds their value, of which one may hold several."""
        found: dict[str, list[Field]] = {}
        for field in self.fields:
            found.setdefault(field.attribute, []).append(field)
        return found
