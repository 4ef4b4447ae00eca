"""What migrations that compute a value of every row share."""

from itertools import islice

BATCH = 2_000


def rewrite_rows(rows, fields, change):
    """Write `fields` of those rows, of a query, that `change` changed: it returns whether it did."""
    changed = (row for row in rows.iterator(BATCH) if change(row))
    while batch := list(islice(changed, BATCH)):
        rows.model._base_manager.bulk_update(batch, fields)
