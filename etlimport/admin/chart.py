"""A line chart of health scores as SVG, which needs no script and prints like everything else."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

WIDTH, HEIGHT = 640, 200
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 14, 30


@dataclass(frozen=True)
class Chart:
    """`scores`: (time, score 0–100), oldest first. The vertical axis goes from a multiple of ten up to 100."""

    scores: list[tuple[datetime, float]]
    days: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right_edge: int = WIDTH - RIGHT
    bottom_edge: int = HEIGHT - BOTTOM

    @property
    def floor(self) -> int:
        lowest = min((score for _, score in self.scores), default=100)
        return max(0, min(90, int(lowest) // 10 * 10))

    def y(self, score: float) -> float:
        return round(TOP + (100 - score) / (100 - self.floor) * (self.bottom_edge - TOP), 1)

    def x(self, when: datetime) -> float:
        begin = timezone.now() - timedelta(days=self.days)
        share = (when - begin) / timedelta(days=self.days)
        return round(LEFT + min(max(share, 0), 1) * (self.right_edge - LEFT), 1)

    @property
    def points(self) -> list[tuple[float, float, datetime, float]]:
        """(x, y, when, score)."""
        return [(self.x(when), self.y(score), when, score) for when, score in self.scores]

    @property
    def line(self) -> str:
        """The value of the attribute `points` of a `<polyline>`."""
        return " ".join(f"{x},{y}" for x, y, *_ in self.points)

    @property
    def levels(self) -> list[tuple[float, int]]:
        """(y, score) of the horizontal lines."""
        step = 5 if self.floor >= 80 else 20 if self.floor < 40 else 10
        return [(self.y(score), score) for score in range(100, self.floor - 1, -step)]

    @property
    def midnights(self) -> list[tuple[float, datetime]]:
        """(x, day) of every other day."""
        today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        days = [today - timedelta(days=ago) for ago in range(self.days - 1, -1, -2)]
        return [(self.x(day), day) for day in days]
