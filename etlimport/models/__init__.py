from etlimport.models.alert import AlertIncident, AlertNotice
from etlimport.models.health import HealthSnapshot
from etlimport.models.identity import Alias, AmbiguousIdentity, IdentityChange
from etlimport.models.run import ImportRun, RejectedRow, RunProgress, SourceFile
from etlimport.models.undo import InsertedRange, OwnedChange, ReKey, RowChange

__all__ = [
    "AlertIncident",
    "AlertNotice",
    "Alias",
    "AmbiguousIdentity",
    "HealthSnapshot",
    "IdentityChange",
    "ImportRun",
    "InsertedRange",
    "OwnedChange",
    "ReKey",
    "RejectedRow",
    "RowChange",
    "RunProgress",
    "SourceFile",
]
