"""What holds for whatever a file may contain."""

import json
import tracemalloc
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etlimport.kinds import KINDS
from etlimport.read import FileReport, LabelBook, SourcePath, SourceUnreadable, read_file
from etlimport.read.converters.players import quick_name_key
from etlimport.read.formats.json_array import ArrayReader, TooLarge
from etlimport.tests.read.rows import GOOD, PLAYER
from leagues.names import name_key

texts = st.text(max_size=12) | st.sampled_from(["", "N/A", "ELM", "1e999", "09/24/2024", "NaN", "Line 1", "BYE"])
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))


def rows_of(kind):
    keys = st.sampled_from(
        [spelling for field in KINDS[kind].fields for spelling in field.spellings] + [*GOOD[kind], "Other"]
    )
    changes = st.dictionaries(keys, values, max_size=4)
    return st.one_of(values, changes.map(lambda change: GOOD[kind] | change))


def read(path, kind, content, **options):
    path.write_bytes(content)
    report = FileReport(SourcePath(path, path.name, kind, len(content)))
    book = LabelBook()
    rows = [row for block in read_file(report.file, book, report, **options) for row in block]
    return rows, report, book


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_any_json_value_is_a_row_or_rejected(tmp_path, kind, data):
    elements = data.draw(st.lists(rows_of(kind), max_size=6))
    rows, report, book = read(tmp_path / "x.json", kind, json.dumps(elements).encode())
    assert report.read == report.accepted + report.rejected
    assert report.accepted == len(rows)
    assert report.repaired <= report.accepted
    assert sum(note.kind == "rejected" for note in report.notes) == report.rejected
    if kind != "player_history":
        assert report.read == len(elements)
    for row in rows:
        assert len(row) == len(KINDS[kind].columns())
        assert not any(isinstance(value, str) and "\0" in value for value in row)
    json.dumps([book.labels, book.leagues], ensure_ascii=False).encode()


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_the_rows_do_not_depend_on_the_size_of_blocks(tmp_path, kind, data):
    elements = data.draw(st.lists(rows_of(kind), max_size=8))
    content = json.dumps(elements, indent=data.draw(st.sampled_from([None, 1]))).encode()
    size = data.draw(st.integers(1, 400))
    whole, small = (read(tmp_path / "x.json", kind, content, **options) for options in ({}, {"block_size": size}))
    assert (small[0], small[2].labels) == (whole[0], whole[2].labels)
    assert [(n.kind, n.index, n.reason) for n in small[1].notes] == [
        (n.kind, n.index, n.reason) for n in whole[1].notes
    ]


@given(elements=st.lists(values, max_size=12), size=st.integers(1, 200), indent=st.sampled_from([None, 0, 2]))
def test_an_array_is_split_into_its_elements(elements, size, indent):
    reader = ArrayReader(BytesIO(json.dumps(elements, indent=indent).encode()), "x.json", size)
    found = [bytes(element) for block, _ in reader.blocks() for element in block]
    assert json.dumps([json.loads(element) for element in found]) == json.dumps(elements)


@given(elements=st.lists(values, min_size=1, max_size=6), size=st.integers(1, 200), data=st.data())
def test_a_cut_file_never_passes_for_a_whole_one(tmp_path, elements, size, data):
    content = json.dumps(elements).encode()
    cut = data.draw(st.integers(1, len(content) - 1))
    with pytest.raises(SourceUnreadable):
        read(tmp_path / "x.json", "players", content[:cut], block_size=size)


@given(first=st.text(max_size=20), last=st.text(max_size=20))
def test_the_quick_name_key_is_the_name_key(first, last):
    assert quick_name_key(first, last) == name_key(first, last)


@pytest.mark.parametrize("name", ["Ann", "MARY", "oconnor", "x" * 150])
def test_the_quick_name_key_of_plain_names_is_the_name_key(name):
    assert quick_name_key(name, name) == name_key(name, name)


def test_a_huge_element_is_passed_by_without_holding_it():
    huge = b'{"a": "' + b'x\\"' * 4_000_000 + b'", "b": [1, {"c": "]"}]}'
    reader = ArrayReader(BytesIO(b"[1, " + huge + b" , 2]"), "x.json")
    tracemalloc.start()
    elements = [element for block, _ in reader.blocks() for element in block]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [bytes(element)[:7] for element in elements] == [b"1", b'{"a": "', b"2"]
    assert isinstance(elements[1], TooLarge)
    assert peak < 8_000_000


def peak_of_reading(path, count):
    """Bytes held at most while reading `count` rows."""
    path.write_text("[" + ",".join([json.dumps(PLAYER)] * count) + "]")
    report = FileReport(SourcePath(path, path.name, "players", path.stat().st_size))
    tracemalloc.start()
    assert sum(len(block) for block in read_file(report.file, LabelBook(), report)) == count
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_does_not_grow_with_the_file(tmp_path):
    path = tmp_path / "players.json"
    assert peak_of_reading(path, 30_000) < 1.3 * peak_of_reading(path, 10_000)
