"""Every foreign key into the catalogue or among what people own, found by looking, in any installed app."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey, IntegerField, Model, UniqueConstraint

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
    def name(self) -> str:
        """`leagues.PracticeTime.team_id`"""
        return f"{self.model._meta.label}.{self.column}"

    @property
    def by_id(self) -> bool:
        """Whether it holds the other row's id, not another unique column of it."""
        return self.target_column == self.target._meta.pk.column

    @property
    def field(self) -> ForeignKey:
        return next(field for field in self.model._meta.local_fields if field.column == self.column)

    @property
    def nullable(self) -> bool:
        return self.field.null

    @property
    def unique(self) -> bool:
        return self.field.unique

    @property
    def key_type(self) -> str:
        """The SQL type of the holding model's primary key."""
        return self.model._meta.pk.cast_db_type(connection)

    @property
    def primary_key(self) -> str:
        return self.model._meta.pk.column

    @property
    def target_table(self) -> str:
        return self.target._meta.db_table

    @property
    def owned(self) -> bool:
        """Whether it leads from outside the catalogue into it."""
        return is_catalogue(self.target) and not is_catalogue(self.model)


def is_catalogue(model: type[Model]) -> bool:
    return issubclass(model, CatalogueModel)


def has_activity(model: type[Model]) -> bool:
    """Whether its rows can be inactive: left by the source, kept for what points at them."""
    return is_catalogue(model) and any(field.name == "is_active" for field in model._meta.local_fields)


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


def keys_are_numbers(references: list[Reference]) -> bool:
    """Whether the primary keys of all the models that hold them are."""
    return all(isinstance(reference.model._meta.pk, IntegerField) for reference in references)


def catalogue_references() -> list[Reference]:
    """What the catalogue refers to within itself."""
    return [
        reference
        for model in catalogue_models()
        for reference in references_of(model)
        if is_catalogue(reference.target)
    ]


def unique_keys(model: type[Model]) -> Iterator[list[str]]:
    """The columns of each of the model's unique keys but its id."""
    for field in model._meta.local_concrete_fields:
        if field.unique and not field.primary_key:
            yield [field.column]
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.fields and constraint.condition is None:
            yield [model._meta.get_field(name).column for name in constraint.fields]
