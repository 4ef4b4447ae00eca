"""Sections of documents that are generated: what stands between `<!-- name -->` and `<!-- /name -->`."""

from pathlib import Path


def parts(path: Path, name: str) -> tuple[str, str, str]:
    """The text before, in and after the section. Raises ValueError unless the document has it exactly once."""
    before, rest = path.read_text().split(f"<!-- {name} -->\n")
    section, after = rest.split(f"<!-- /{name} -->\n")
    return before, section, after


def read_section(path: Path, name: str) -> str:
    return parts(path, name)[1]


def write_section(path: Path, name: str, text: str) -> None:
    """Raises ValueError as `parts` does."""
    before, _, after = parts(path, name)
    path.write_text(f"{before}<!-- {name} -->\n{text.rstrip()}\n<!-- /{name} -->\n{after}")
