"""Running SQL on the default connection, the declarations of the working tables, and how the two databases differ."""

from leagues.sql import FEW, analyze_if_changed, dicts, execute, rows, value

__all__ = ["FEW", "analyze_if_changed", "dicts", "execute", "rows", "value"]
