from django.db import models
from django.db.models.functions import Now


class NaturalKeyManager(models.Manager):
    """Looks a row up by what makes it itself across snapshots: `natural_key_lookups` of its model."""

    def get_by_natural_key(self, *key):
        return self.get(**dict(zip(self.model.natural_key_lookups, key, strict=True)))


class CatalogueModel(models.Model):
    """A fact the source owns. Only an import writes it, so the admin shows it read-only.

    `natural_key_lookups` names the fields, across relations, that make up the natural key.
    """

    natural_key_lookups: tuple[str, ...]

    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = NaturalKeyManager()

    class Meta:
        abstract = True

    def natural_key(self) -> tuple:
        return tuple(follow(self, lookup) for lookup in self.natural_key_lookups)


def follow(instance: models.Model, lookup: str):
    """The value behind `a__b__c`, starting from `instance`."""
    value = instance
    for name in lookup.split("__"):
        value = getattr(value, name)
    return value
