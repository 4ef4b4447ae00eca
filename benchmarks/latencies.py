"""How long people waited while an operation was at work and while none was, as tables."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median, quantiles

from benchmarks.table import judged, markdown
from benchmarks.visits import Answer

SERVER_FAULT = 500
QUIET, QUIET_BEFORE = "no import", "no import, before the first"
"""The times in which no operation is at work."""
MARGIN = 1
"""Seconds after an operation that count neither as quiet nor as its own: what has queued up is being served."""


@dataclass(frozen=True)
class Operation:
    """A process that was at work on the site; `began` and `ended` are monotonic seconds."""

    name: str
    began: float
    ended: float
    failure: str = ""

    def overlaps(self, answer: Answer, margin: float = 0) -> bool:
        return answer.started < self.ended + margin and answer.ended > self.began


@dataclass(frozen=True)
class Waits:
    """Of all answers in one kind of time, in seconds."""

    answers: int
    faults: int
    median: float
    p99: float
    longest_page: float
    longest_write: float


def waits_of(answers: Iterable[Answer]) -> Waits:
    answers = list(answers)
    pages = [answer.seconds for answer in answers if not answer.write] or [0.0]
    return Waits(
        answers=len(answers),
        faults=sum(answer.status >= SERVER_FAULT for answer in answers),
        median=median(pages),
        p99=percentile(pages, 99),
        longest_page=max(pages),
        longest_write=max((answer.seconds for answer in answers if answer.write), default=0.0),
    )


def longest(answers: list[Answer], *, write: bool) -> str:
    """The answer that took longest of all pages or writes, in words."""
    found = max(
        (answer for answer in answers if answer.write == write), key=lambda answer: answer.seconds, default=None
    )
    return f"{found.what}, {found.seconds:.2f} s, {found.status}" if found else "none"


def percentile(seconds: list[float], share: int) -> float:
    return quantiles(seconds, n=100, method="inclusive")[share - 1] if len(seconds) > 1 else seconds[0]


def by_time(answers: list[Answer], operations: list[Operation], unmeasured: list[Operation]) -> dict[str, Waits]:
    """The waits while each kind of operation was at work, and while none was, before the first and later."""
    first, busy = operations[0], operations + unmeasured
    quiet = [answer for answer in answers if not any(each.overlaps(answer, MARGIN) for each in busy)]
    found = {
        QUIET_BEFORE: waits_of(answer for answer in quiet if answer.ended <= first.began),
        QUIET: waits_of(answer for answer in quiet if answer.started > first.ended),
    }
    for name in dict.fromkeys(each.name for each in operations):
        same = [each for each in operations if each.name == name]
        found[name] = waits_of(answer for answer in answers if any(each.overlaps(answer) for each in same))
    return found


def quiet_of(name: str, operations: list[Operation]) -> str:
    return QUIET_BEFORE if name in (QUIET_BEFORE, operations[0].name) else QUIET


def as_table(title: str, waits: dict[str, Waits], operations: list[Operation]) -> str:
    header = [title, "runs", "failed", "median", "answers", "≥ 500"]
    header += ["page: median", "p99", "of quiet", "longest", "longest write"]
    lines = []
    for name, found in waits.items():
        same = [each for each in operations if each.name == name]
        runs = [f"{len(same)}", f"{sum(bool(each.failure) for each in same)}"] if same else ["–", "–"]
        took = f"{median(each.ended - each.began for each in same):.1f} s" if same else "–"
        ratio = f"{found.p99 / waits[quiet_of(name, operations)].p99:.1f} ×" if same else "–"
        times = [f"{found.median * 1000:,.0f} ms", f"{found.p99 * 1000:,.0f} ms", ratio]
        longest = [f"{seconds:.2f} s" for seconds in (found.longest_page, found.longest_write)]
        lines.append([name, *runs, took, f"{found.answers:,}", str(found.faults), *times, *longest])
    return markdown(header, lines)


def as_targets(waits: dict[str, Waits], operations: list[Operation]) -> str:
    """The worst of all kinds of operation, with the target and whether it is met."""
    during = {name: found for name, found in waits.items() if name not in (QUIET, QUIET_BEFORE)}
    ratios = {name: found.p99 / waits[quiet_of(name, operations)].p99 for name, found in during.items()}
    slowest = max(ratios, key=ratios.__getitem__)
    page = max(during, key=lambda name: during[name].longest_page)
    write = max(during, key=lambda name: during[name].longest_write)
    faults, failed = sum(found.faults for found in waits.values()), sum(bool(each.failure) for each in operations)
    return markdown(
        ["target", "worst", "while"],
        [
            ["no answer ≥ 500", counted(faults), ""],
            ["no failed run", counted(failed), ""],
            ["p99 of a page at most 2 × that of quiet", judged(ratios[slowest], 2, "×"), slowest],
            ["longest page under 1 s", judged(during[page].longest_page, 1, "s"), page],
            ["longest write under 1.5 s", judged(during[write].longest_write, 1.5, "s"), write],
        ],
    )


def counted(number: int) -> str:
    return f"{number} **missed**" if number else "0 ✓"
