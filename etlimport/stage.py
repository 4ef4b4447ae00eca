"""The second step of an import: it loads the rows of the files into temporary tables.

All later steps work on these with SQL over whole sets of rows.
"""

from collections.abc import Iterable, Mapping, Sequence

from etlimport.database.load import load
from etlimport.database.working_tables import STAGED, WITNESS
from etlimport.kinds import KINDS, StagedRow


def create_staged_tables() -> None:
    for table in STAGED.values():
        table.create()


def load_rows(kind: str, file_no: int, blocks: Iterable[list[StagedRow]]) -> None:
    """Stage the rows of one file, given in blocks as `read_file` yields them."""
    columns = KINDS[kind].columns()
    may_be_null = {name for name, definition in columns.items() if "NOT NULL" not in definition}
    load(STAGED[kind].name, {"file_no": file_no}, tuple(columns), blocks, may_be_null=may_be_null)


def load_witnesses(by_file: Mapping[int, Sequence[StagedRow]]) -> None:
    """Stage what could be read of rows whose key could not, by the number of their file."""
    if not any(by_file.values()):
        WITNESS.leave_empty()
        return
    WITNESS.create()
    columns = tuple(name for name in WITNESS.columns if name != "file_no")
    may_be_null = [name for name, definition in WITNESS.columns.items() if "NOT NULL" not in definition]
    for file_no, witnesses in by_file.items():
        load(WITNESS.name, {"file_no": file_no}, columns, [list(witnesses)], may_be_null=may_be_null)
