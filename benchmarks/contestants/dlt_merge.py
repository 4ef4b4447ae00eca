"""dlt with write_disposition="merge", which makes its own tables."""

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"
os.environ.setdefault("CREDENTIALS__PASSWORD", "any")  # dlt requires one even if the server does not

import dlt

from benchmarks.contestants import contend


def import_players(source: Path) -> str:
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            "players",
            pipelines_dir=folder,
            dataset_name="dlt_players",
            destination=dlt.destinations.postgres(os.environ["DATABASE_URL"]),
        )
        resource = dlt.resource(
            read_rows(source),
            name="players",
            write_disposition="merge",
            primary_key=["League", "Player ID"],
            max_table_nesting=0,
        )
        pipeline.run(resource)
        return f"{pipeline.last_trace.last_normalize_info.row_counts['players']} rows read"


def read_rows(source: Path) -> Iterator[list[dict]]:
    for path in sorted(source.glob("*/players.json")):
        yield json.loads(path.read_bytes())


if __name__ == "__main__":
    contend(import_players)
