"""Talking to the database: plain SQL over the default connection, the same on SQLite and PostgreSQL."""

from leagues.sql import FEW, analyze_if_changed, dicts, execute, rows, value

__all__ = ["FEW", "analyze_if_changed", "dicts", "execute", "rows", "value"]
