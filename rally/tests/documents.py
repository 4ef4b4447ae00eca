"""The documents of the project, as text and as what is in them."""

import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

ROOT = settings.BASE_DIR
FENCE = re.compile(r"^```(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
CELLS = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Document:
    path: Path

    def __str__(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        return self.path.read_text()

    @property
    def prose(self) -> str:
        """The text without its fenced blocks."""
        return FENCE.sub("", self.text)

    def blocks(self) -> list[tuple[str, str]]:
        """(language, content) of the fenced blocks, in order."""
        return FENCE.findall(self.text)

    def spans(self) -> list[str]:
        """What stands between single backticks."""
        return [span.replace("\\|", "|") for span in SPAN.findall(self.prose)]

    def section(self, title: str) -> str:
        """What stands under a heading of the second level."""
        found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", self.text, re.MULTILINE | re.DOTALL)
        assert found, f"{self} has no section {title}"
        return found[1]

    def rows(self, title: str) -> list[list[str]]:
        """The cells of the tables under that heading, without their heads."""
        return rows_of(self.section(title))


def rows_of(text: str) -> list[list[str]]:
    """The cells of all tables in the text, without their heads."""
    lines = text.splitlines()
    return [
        [cell.strip().replace("\\|", "|") for cell in CELLS.split(line)[1:-1]]
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if line.startswith("|") and not line.startswith("| ---") and not after.startswith("| ---")
    ]


def document(path: str) -> Document:
    return Document(ROOT / path)


DOCUMENTS = [
    Document(path)
    for path in [
        *sorted(ROOT.glob("*.md")),
        *sorted((ROOT / "docs").glob("*.md")),
        ROOT / "sample_data" / "README.md",
    ]
]
"""All but the README of sessionsync, whose own tests see to it."""
