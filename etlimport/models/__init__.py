from etlimport.models.health import HealthSnapshot
from etlimport.models.identity import Alias, AmbiguousIdentity, IdentityChange
from etlimport.models.run import ImportRun, RejectedRow, SourceFile
from etlimport.models.undo import InsertedRange, RowChange

__all__ = [
    "Alias",
    "AmbiguousIdentity",
    "HealthSnapshot",
    "IdentityChange",
    "ImportRun",
    "InsertedRange",
    "RejectedRow",
    "RowChange",
    "SourceFile",
]
