from collections.abc import Sequence
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models.functions import Now

Row = TypeVar("Row", bound="CatalogueModel")


class NaturalKeyManager(models.Manager[Row]):
    """Finds a row by its natural key: what makes it the same row in every snapshot, whatever its id."""

    def get_by_natural_key(self, *key: Any) -> Row:
        return self.get(**dict(zip(self.model.natural_key_lookups, key, strict=True)))


class NaturalKeyConstraint(models.UniqueConstraint):
    """Keeps two rows from having one natural key.

    On PostgreSQL its index has a condition that always holds. Without one PostgreSQL would count its columns among
    those that a foreign key may point at, and then whoever refers to a row would have to wait for an import that is
    about to change its natural key. SQLite has no such locks, and looks no rows up in an index with a condition.
    """

    def __init__(self, *, fields: Sequence[str], name: str) -> None:
        super().__init__(fields=fields, name=name, condition=models.Q(**{f"{fields[0]}__isnull": False}))

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, arguments, options = super().deconstruct()
        return path, arguments, {name: options[name] for name in ("fields", "name")}

    def constraint_sql(self, model: type[models.Model] | None, schema_editor: Any) -> Any:
        """Nothing within CREATE TABLE: the index is made after it."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def create_sql(self, model: type[models.Model] | None, schema_editor: Any) -> Any:
        if schema_editor.connection.vendor == "postgresql":
            return super().create_sql(model, schema_editor)
        return models.UniqueConstraint(fields=self.fields, name=self.name).create_sql(model, schema_editor)


class CatalogueModel(models.Model):
    """A fact that comes from the source. Only an import writes it, so the admin shows it read-only.

    `natural_key_lookups` names the fields, across relations, that make up the natural key.
    """

    natural_key_lookups: tuple[str, ...]

    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects: ClassVar[NaturalKeyManager[Self]] = NaturalKeyManager()

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[Any, ...]:
        return tuple(follow(self, lookup) for lookup in self.natural_key_lookups)


def follow(instance: models.Model, lookup: str) -> Any:
    """The value that a lookup such as `team__series__key` leads to, starting from `instance`."""
    value: Any = instance
    for name in lookup.split("__"):
        value = getattr(value, name)
    return value
