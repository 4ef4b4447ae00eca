"""Undoes runs and says what came of it."""

from etlimport.database.references import owned_references
from etlimport.models import ImportRun
from etlimport.tests.sources import dump
from etlimport.undo import undo_run

Status = ImportRun.Status


def owned():
    """Every row users own, but for suggestions: a run makes those."""
    tables = {reference.table for reference in owned_references()} - {"leagues_associationsuggestion"}
    return {table: rows for table, rows in dump().items() if table in tables}


def undone(run, **options):
    undo = undo_run(run, **options)
    assert undo.status == Status.PUBLISHED, undo.error
    return undo


def refused(run):
    undo = undo_run(run)
    assert undo.status == Status.REFUSED, undo.error
    return undo.error
