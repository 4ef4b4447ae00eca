"""Writes the medians as Markdown tables, with the targets and whether they are met."""

from benchmarks.measure import Measured

Results = dict[int, dict[str, Measured]]
"""The medians by number of rows of the snapshot, then by case."""

MAX_MEMORY = 1500
"""The target for the peak memory of a run, in MB."""


def of_sizes(results: Results, cases: dict[str, str], where: str = "") -> str:
    """`where`: said of the figures in the head of the table."""
    header = [f"seconds{where} (peak memory of the process)", *(f"{rows:,} rows" for rows in results)]
    measured = [case for case in cases if any(case in medians for medians in results.values())]
    lines = [
        [f"({case}) {cases[case]}", *(cell(medians.get(case)) for medians in results.values())] for case in measured
    ]
    started = [next(iter(medians.values())) for medians in results.values() if medians]
    if any("d" in medians for medians in results.values()):
        started = [medians["d"].process - medians["d"].seconds for medians in results.values()]
        lines.append(["start-up of the command, in none of the above", *(f"{seconds:.2f}" for seconds in started)])
    return markdown(header, lines)


def cell(found: Measured | None) -> str:
    return f"{found.seconds:.2f} ({found.memory:,.0f} MB)" if found else "–"


def of_targets(results: Results, where: str = "") -> str:
    header = [f"target{where}", *(f"{rows:,} rows" for rows in results)]
    lines = [
        ratios("first import at most 3 × the floor", results, "b", "a", 3),
        ratios("rewritten at most ½ × the first import", results, "c", "b", 0.5),
        ratios("in another order, of the first import", results, "o", "b", None),
        ratios("5 % corrected at most ½ × the first import", results, "m", "b", 0.5),
        ratios("re-keyed and renamed at most the first import", results, "n", "b", 1),
        ratios("with 100,000 rows of users at most 1.3 × without", results, "p", "o", 1.3),
        ["identical at most 0.2 s", *(judged(m["d"].seconds, 0.2, "s") if "d" in m else "–" for m in results.values())],
        ["time per row at most 1.5 × that of the smallest", *per_row(results)],
        ["peak memory below 1,500 MB", *memory(results)],
    ]
    return markdown(header, [line for line in lines if set(line[1:]) != {"–"}])


def ratios(what: str, results: Results, case: str, other: str, limit: float | None) -> list[str]:
    return [
        what,
        *(
            judged(medians[case].seconds / medians[other].seconds, limit, "×") if {case, other} <= set(medians) else "–"
            for medians in results.values()
        ),
    ]


def per_row(results: Results) -> list[str]:
    seconds = [medians["b"].seconds / rows if "b" in medians else None for rows, medians in results.items()]
    return [judged(each / seconds[0], 1.5, "×") if each and seconds[0] else "–" for each in seconds]


def memory(results: Results) -> list[str]:
    ours = [[found.memory for case, found in medians.items() if case != "a"] for medians in results.values()]
    return [judged(max(each), MAX_MEMORY, "MB") if each else "–" for each in ours]


def judged(number: float, limit: float | None, unit: str) -> str:
    verdict = "" if limit is None else " ✓" if number <= limit else " **missed**"
    return f"{number:,.0f} {unit}{verdict}" if unit == "MB" else f"{number:.2f} {unit}{verdict}"


NAMES = {
    "ours": "`run_etl`: seven tables",
    "bulk_create": "Django's `bulk_create(update_conflicts=True)`: seven tables",
    "bulk_load": "django-bulk-load: seven tables",
    "import_export": "django-import-export, bulk: seven tables",
    "dlt_merge": "dlt, merge: one table, rows as they are",
}


def of_peers(rows: int, medians: dict[str, Measured]) -> str:
    header = [f"a players file of {rows:,} rows", "seconds", "µs a row", "of ours", "memory"]
    ours = medians["ours"].seconds
    return markdown(
        header,
        [
            [
                NAMES[name],
                f"{found.seconds:.2f}",
                f"{found.seconds / rows * 1e6:,.0f}",
                f"{found.seconds / ours:.2f} ×",
                f"{found.memory:,.0f} MB",
            ]
            for name, found in sorted(medians.items(), key=lambda pair: pair[1].seconds)
        ],
    )


def markdown(header: list[str], lines: list[list[str]]) -> str:
    rows = [header, ["---", *["---:"] * (len(header) - 1)], *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
