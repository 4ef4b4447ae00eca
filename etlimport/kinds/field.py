"""The terms in which a kind of file is described: its fields, their types, and what becomes of them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1_000)
def plain(key: str) -> str:
    """A field's name reduced to what it says: `Series Mapping ID`, `series_mapping_id` → `series mapping id`."""
    return " ".join(key.replace("_", " ").casefold().split())


@dataclass(frozen=True)
class Type:
    """How a value is read and staged.

    `parse` makes of a value what the database takes and raises Unreadable where it says nothing of its kind. `sql` is
    the type of its staged column. `length`: of a text, that of its column. `nullable`: the value may be missing.
    """

    parse: Callable[[Any], Any]
    sql: str
    length: int | None = None
    nullable: bool = False


@dataclass(frozen=True)
class Field:
    """A field of a kind of file.

    `name`: that of its staged column, and of the model's.
    `spelled`: how sources call it; case and underscores do not matter. Of several, the first one that holds something
    wins. One part of a compound, `matches: {won, lost}`, is spelled `matches.won`.
    `fact_of`: the thing whose fact it is, read and merged by itself. Empty for what tells which thing a row is about,
    which the reader of the kind sees to.
    `change`: what reports call a change of it, where they list such changes.
    `read_from`: the name of the field whose value it is made of, where that is not its own.
    """

    name: str
    type: Type
    spelled: tuple[str, ...]
    fact_of: str = ""
    change: str = ""
    read_from: str = ""

    @property
    def attribute(self) -> str:
        """The attribute of a decoded row that holds its value, or the compound it is a part of."""
        return self.read_from or self.spelled[0].rpartition(".")[0] or self.name

    @property
    def part(self) -> str:
        """Its part of a compound, else empty."""
        _, dot, part = self.spelled[0].rpartition(".")
        return part if dot else ""

    @property
    def title(self) -> str:
        """What a person is told it is called."""
        return self.spelled[0].replace(".", " ").replace("_", " ")


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of file: its name, its fields, and how its rows are staged.

    `identity`: the staged columns that tell what a row is about, which the reader of the kind fills, with their SQL
    types; after them come the facts.
    `entries`: where an element of the file holds a list of rows, the name of that list; then the fields spelled
    `<name>.…` are those of its rows, and all others of the element.
    """

    name: str
    identity: dict[str, str]
    fields: tuple[Field, ...]
    entries: str = ""

    def columns(self) -> dict[str, str]:
        """The staged columns in their order, each with its SQL type."""
        facts = {field.name: f"{field.type.sql}{'' if field.type.nullable else ' NOT NULL'}" for field in self.facts()}
        return {**self.identity, **facts}

    def facts(self, thing: str = "") -> list[Field]:
        """The fields that are facts of a thing, or of any."""
        return [field for field in self.fields if field.fact_of and thing in ("", field.fact_of)]

    def names_of_facts(self, thing: str = "") -> list[str]:
        return [field.name for field in self.facts(thing)]

    def facts_sql(self, alias: str, thing: str = "") -> str:
        """SQL listing the facts of a thing, or of any, as columns of `alias`."""
        return ", ".join(f"{alias}.{name}" for name in self.names_of_facts(thing))

    def by_attribute(self) -> dict[str, list[Field]]:
        """The fields by the attribute of a decoded row that holds them: several for a compound."""
        found: dict[str, list[Field]] = {}
        for field in self.fields:
            found.setdefault(field.attribute, []).append(field)
        return found
