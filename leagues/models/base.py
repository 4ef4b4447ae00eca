from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models.functions import Now

Row = TypeVar("Row", bound="CatalogueModel")


class NaturalKeyManager(models.Manager[Row]):
    """Finds a row by its natural key: what makes it the same row in every snapshot, whatever its id."""

    def get_by_natural_key(self, *key: Any) -> Row:
        return self.get(**dict(zip(self.model.natural_key_lookups, key, strict=True)))


def natural_key_constraint(*fields: str, name: str) -> models.UniqueConstraint:
    """Keeps two rows from having one natural key.

    Its condition always holds. But without one PostgreSQL would count its columns among those that a foreign key may
    point at, and then whoever refers to a row would have to wait for an import that is about to change its natural key.
    """
    return models.UniqueConstraint(fields=fields, condition=models.Q(**{f"{fields[0]}__isnull": False}), name=name)


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
