"""Merge mode, in which ids do not change: the proof that users' rows are the same and point where they did.

Nothing is copied. A fingerprint of each reference, how many rows it has and one number made of which points where,
is taken before the catalogue is touched and again afterwards.
"""

from etlimport import database
from etlimport.database import dialect
from etlimport.database.references import keys_are_numbers, owned_references
from etlimport.errors import AuditFailed
from etlimport.protect.backup import pointing, row_id, target_id
from etlimport.protect.protection import Protection


class Proof:
    """What users own as it is now, to be compared with what it is after the merge."""

    def __init__(self):
        self.before = fingerprints()
        self.protection = Protection({name: rows for name, (rows, _) in self.before.items()})

    def prove(self, moved: dict[str, str]) -> None:
        """Check that every row is there and points where it did; nothing has `moved`.

        Raises AuditFailed naming the references whose rows are lost or astray.
        """
        after, protection = fingerprints(), self.protection
        protection.after = {name: rows for name, (rows, _) in after.items()}
        protection.refuse_losses()
        if astray := [name for name, found in after.items() if found != self.before[name]]:
            raise AuditFailed([f"{name}: some of {protection.before[name]:,} rows are astray" for name in astray])


def fingerprints() -> dict[str, tuple[int, int | None]]:
    """By reference: the number of its rows that point somewhere, and the fingerprint of which points where."""
    references = owned_references()
    numbers = keys_are_numbers(references)
    every = " UNION ALL ".join(
        f"""SELECT {number}, count(*), {dialect.fingerprint(row_id(r, numbers), target_id(r), numbers=numbers)}
            FROM {r.table} u {pointing(r)}"""
        for number, r in enumerate(references)
    )
    return {references[number].name: (rows, mark) for number, rows, mark in database.rows(every)}
