"""Every foreign key into the catalogue or among what people own, found by looking, in any installed app."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db.models import ForeignKey, Model

from leagues.models import CatalogueModel


@dataclass(frozen=True)
class Reference:
    """A column that holds the id of another model's row; a one-to-one or a many-to-many's column too."""

    model: type[Model]
    column: str
    target: type[Model]
    target_column: str

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def target_table(self) -> str:
        return self.target._meta.db_table

    @property
    def owned(self) -> bool:
        """Whether it leads from outside the catalogue into it."""
        return is_catalogue(self.target) and not is_catalogue(self.model)


def is_catalogue(model: type[Model]) -> bool:
    return issubclass(model, CatalogueModel)


def catalogue_models() -> list[type[CatalogueModel]]:
    return [model for model in tables() if is_catalogue(model)]


def tables() -> Iterator[type[Model]]:
    """Every model with a table of its own, those behind many-to-many fields included."""
    return (model for model in apps.get_models(include_auto_created=True) if has_table(model))


def has_table(model: type[Model]) -> bool:
    return model._meta.managed and not model._meta.proxy


def references_of(model: type[Model]) -> list[Reference]:
    return [
        Reference(model, field.column, field.related_model, field.target_field.column)
        for field in model._meta.local_fields
        if isinstance(field, ForeignKey)
    ]


def owned_references() -> list[Reference]:
    """What users own of the catalogue: every reference from outside into it."""
    return [reference for model in tables() for reference in references_of(model) if reference.owned]
