"""A small line chart in SVG, which needs no script."""

from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 320, 64, 4


@dataclass(frozen=True)
class Sparkline:
    """A line through `values`, evenly spaced from left to right; the lowest is at the bottom, the highest on top."""

    values: list[float]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def is_drawable(self) -> bool:
        return len(self.values) > 1

    @property
    def points(self) -> str:
        """For `<polyline points="…">`."""
        low, high = min(self.values), max(self.values)
        step = (self.width - 2 * MARGIN) / (len(self.values) - 1)
        scale = (self.height - 2 * MARGIN) / ((high - low) or 1)
        return " ".join(
            f"{MARGIN + position * step:.1f},{self.height - MARGIN - (value - low) * scale:.1f}"
            for position, value in enumerate(self.values)
        )
