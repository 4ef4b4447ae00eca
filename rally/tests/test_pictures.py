"""The pictures of the documents are those of the site, made by a script, and small."""

import re

import pytest

from rally.tests.documents import DOCUMENTS, ROOT
from scripts import take_pictures

FOLDER = ROOT / "docs" / "pictures"
PNG = b"\x89PNG\r\n\x1a\n"
SMALL = 150_000  # bytes


def test_every_picture_is_shown_with_words_for_those_who_cannot_see_it_and_is_small():
    shown = {(page.path.parent / path).resolve(): words for page in DOCUMENTS for path, words in pictures_of(page.text)}
    assert shown.keys() == set(FOLDER.iterdir())
    assert all(shown.values())
    assert all(path.stat().st_size < SMALL for path in shown)


def pictures_of(text: str) -> list[tuple[str, str]]:
    """(path, words) of the pictures of a document."""
    return re.findall(r'<img src="([^"]+)"[^>]* alt="([^"]*)"', text)


@pytest.mark.browser
@pytest.mark.thorough
def test_the_script_takes_them_all(tmp_path):
    take_pictures.main(tmp_path)
    taken = {path.name for path in tmp_path.iterdir() if path.read_bytes().startswith(PNG)}
    assert taken == {path.name for path in FOLDER.iterdir()}
