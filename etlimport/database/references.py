"""Finds the foreign keys of all installed apps, among them those by which user-owned rows refer to the catalogue.

Because they are found by introspection, no app can forget to register what its users own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeGuard

from django.apps import apps
from django.db import connection
from django.db.models import Field, ForeignKey, IntegerField, Model, Q, UniqueConstraint

from leagues.models import CatalogueModel


@dataclass(frozen=True)
class Reference:
    """A column that refers to a row of another table: a foreign key, also one of a many-to-many's own table.

    `column` of `model` holds the value of `target_column` of `target`.
    """

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
        """Whether it holds the id of the other row, not the value of another unique column."""
        return self.target_column == self.target._meta.pk.column

    @property
    def field(self) -> ForeignKey[Any]:
        return next(field for field in foreign_keys(self.model) if field.column == self.column)

    @property
    def nullable(self) -> bool:
        return self.field.null

    @property
    def unique(self) -> bool:
        return self.field.unique

    @property
    def key_type(self) -> str:
        """The SQL type of the primary key of `model`."""
        return str(self.model._meta.pk.cast_db_type(connection))

    @property
    def primary_key(self) -> str:
        return column_of(self.model._meta.pk)

    @property
    def is_key(self) -> bool:
        """Whether it is the primary key of its own table, which changes with it."""
        return self.column == self.primary_key

    @property
    def target_table(self) -> str:
        return self.target._meta.db_table

    @property
    def owned(self) -> bool:
        """Whether a user-owned row refers to the catalogue with it: it leads from outside the catalogue into it."""
        return is_catalogue(self.target) and not is_catalogue(self.model)


def is_catalogue(model: type[Model]) -> TypeGuard[type[CatalogueModel]]:
    return issubclass(model, CatalogueModel)


def has_activity(model: type[Model]) -> bool:
    """Whether rows of this model can be inactive: no longer in the source, but kept for what refers to them."""
    return is_catalogue(model) and any(field.name == "is_active" for field in model._meta.local_fields)


def catalogue_models() -> list[type[CatalogueModel]]:
    return [model for model in tables() if is_catalogue(model)]


def tables() -> Iterator[type[Model]]:
    """Every model with a table of its own, including those of many-to-many fields."""
    return (model for model in apps.get_models(include_auto_created=True) if has_table(model))


def has_table(model: type[Model]) -> bool:
    return model._meta.managed and not model._meta.proxy


@cache
def foreign_keys(model: type[Model]) -> tuple[ForeignKey[Any], ...]:
    return tuple(field for field in model._meta.local_fields if isinstance(field, ForeignKey))


def column_of(field: "Field[Any, Any]") -> str:
    """The name of a field's column. Only fields of several columns have none."""
    if field.column is None:
        raise ValueError(f"The field {field} has no column of its own.")
    return field.column


def named_columns(model: type[Model], names: Iterable[str]) -> list[str]:
    """The columns of the fields with these names."""
    fields = {field.name: field for field in model._meta.local_concrete_fields}
    return [column_of(fields[name]) for name in names]


@cache
def references_of(model: type[Model]) -> tuple[Reference, ...]:
    return tuple(
        Reference(model, column_of(field), field.remote_field.model, column_of(field.target_field))
        for field in foreign_keys(model)
    )


def owned_references() -> list[Reference]:
    """Every reference from outside the catalogue into it. The rows that hold one are user-owned."""
    return [reference for model in tables() for reference in references_of(model) if reference.owned]


def keys_are_numbers(references: list[Reference]) -> bool:
    """Whether all models that hold these references have integers as primary keys."""
    return all(isinstance(reference.model._meta.pk, IntegerField) for reference in references)


def catalogue_references() -> list[Reference]:
    """Every reference from the catalogue into the catalogue."""
    return [
        reference
        for model in catalogue_models()
        for reference in references_of(model)
        if is_catalogue(reference.target)
    ]


def unique_keys(model: type[Model]) -> Iterator[list[str]]:
    """The columns of each unique key of the model, except a primary key that refers to nothing."""
    for field in model._meta.local_concrete_fields:
        if field.unique and (not field.primary_key or isinstance(field, ForeignKey)):
            yield [column_of(field)]
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.fields and holds_for_all(constraint, model):
            yield named_columns(model, constraint.fields)


def holds_for_all(constraint: UniqueConstraint, model: type[Model]) -> bool:
    """Whether it is about every row: without a condition, or on a field being there that always is."""
    if constraint.condition is None:
        return True
    always_there = [
        Q(**{f"{field.name}__isnull": False}) for field in model._meta.local_concrete_fields if not field.null
    ]
    return constraint.condition in always_there
