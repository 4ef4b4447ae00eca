"""Finding the files of a source, and files that cannot be read at all."""

import json
import os
from pathlib import Path

import pytest

from etlimport.read import (
    FileReport,
    LabelBook,
    SourcePath,
    SourceRefused,
    SourceUnreadable,
    find_files,
    read_file,
)


def write(folder, *names):
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text("[]")


def test_one_folder_with_the_files(tmp_path):
    write(tmp_path, "schedules.json", "players.json", "notes.json", "players.txt")
    assert [(file.kind, file.relative, file.size) for file in find_files(tmp_path)] == [
        ("players", "players.json", 2),
        ("schedules", "schedules.json", 2),
    ]


def test_a_folder_per_league_and_files_beside_them(tmp_path):
    write(tmp_path, "match_history.json")
    write(tmp_path / "OAK", "players.json", "match_history.json")
    write(tmp_path / "ELM", "players.json")
    assert [file.relative for file in find_files(tmp_path)] == [
        "ELM/players.json",
        "OAK/players.json",
        "OAK/match_history.json",
        "match_history.json",
    ]


def test_a_missing_folder_a_file_and_a_folder_without_known_files_are_unreadable(tmp_path):
    write(tmp_path, "other.json")
    for path, says in (
        (tmp_path / "gone", "does not exist"),
        (tmp_path / "other.json", "is not a folder"),
        (tmp_path, "holds none of players.json"),
    ):
        with pytest.raises(SourceUnreadable, match=says):
            find_files(path)


def a_pipe(path):
    os.mkfifo(path)


def a_link_to_nothing(path):
    path.symlink_to(path.with_name("gone.json"))


def a_link_to_itself(path):
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (a_pipe, "neither a file nor a link to one"),
        (Path.mkdir, "is a folder, not a file"),
        (a_link_to_nothing, "is a link to nothing"),
        (a_link_to_itself, "is a link to nothing"),
    ],
)
def test_what_is_called_like_a_file_and_is_none_is_named(tmp_path, make, says):
    write(tmp_path, "schedules.json")
    write(tmp_path / "ELM")
    make(tmp_path / "ELM" / "players.json")
    with pytest.raises(SourceUnreadable, match=f"^ELM/players.json .*{says}"):
        find_files(tmp_path)


@pytest.mark.parametrize("linked", ["players.json", "ELM"])
def test_a_link_out_of_the_source_is_refused_unless_its_folder_is_named(tmp_path, linked):
    elsewhere = tmp_path / "elsewhere"
    write(elsewhere, "players.json")
    source = tmp_path / "source"
    write(source, "schedules.json")
    (source / linked).symlink_to(elsewhere if linked == "ELM" else elsewhere / "players.json")
    with pytest.raises(SourceUnreadable, match=r"is a link out of the source, to .*elsewhere") as refused:
        find_files(source)
    assert "[]" not in str(refused.value)
    assert len(find_files(source, [elsewhere])) == 2


def test_links_within_the_source_and_a_source_that_is_a_link_are_followed(tmp_path):
    write(tmp_path / "source", "players.json")
    (tmp_path / "source" / "schedules.json").symlink_to("players.json")
    (tmp_path / "latest").symlink_to("source")
    assert len(find_files(tmp_path / "latest")) == 2


@pytest.mark.parametrize("name", [b"caf\xe9", b"source"])
def test_a_name_that_is_not_in_utf8_is_told(tmp_path, name):
    source = tmp_path / os.fsdecode(name)
    write(source)
    write(source / os.fsdecode(b"\xff"), "players.json")
    with pytest.raises(SourceUnreadable, match=r"\\udc.*: its name is not in UTF-8") as told:
        find_files(source)
    assert str(told.value).encode()


def test_a_folder_closed_to_us_is_unreadable(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(SourceUnreadable, match="no permission to read it"):
        find_files(tmp_path)


def test_a_file_closed_to_us_or_gone_is_unreadable(tmp_path, monkeypatch):
    file = SourcePath(tmp_path / "players.json", "players.json", "players", 2)
    for use in (file.digest, lambda: list(read_file(file, LabelBook(), FileReport(file)))):
        with pytest.raises(SourceUnreadable, match="cannot be read: No such file"):
            use()


def test_the_digest_tells_contents_apart(tmp_path):
    write(tmp_path, "players.json", "schedules.json")
    players, schedules = find_files(tmp_path)
    assert players.digest() == schedules.digest()
    assert len(players.digest()) == 64
    players.path.write_text("[ ]")
    assert players.digest() != schedules.digest()


@pytest.fixture
def read(tmp_path):
    def read(content, **options):
        path = tmp_path / "players.json"
        path.write_bytes(content)
        report = FileReport(SourcePath(path, "OAK/players.json", "players", len(content)))
        list(read_file(report.file, LabelBook(), report, **options))
        return report

    return read


@pytest.mark.parametrize("content", [b"", b" \n\t", b" " * 3_000_000, b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(read, content):
    with pytest.raises(SourceRefused, match=r"OAK/players\.json is empty"):
        read(content)


def test_a_file_that_is_no_json_is_refused(read):
    with pytest.raises(SourceRefused, match="is not JSON: it begins with '<!DOCTYPE html>"):
        read(b"<!DOCTYPE html><html>Sign in</html>")


@pytest.mark.parametrize("content", [b'{"players": []}', b'"x"', b"7", b"null"])
def test_a_file_that_holds_no_list_is_unreadable(read, content):
    with pytest.raises(SourceUnreadable, match="holds no list"):
        read(content)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[", "is cut off: the row at byte 1 "),
        (b'[{"a": 1}', "is cut off: the row at byte 1 "),
        (b'[{"a": 1}, {"a": 2', "is cut off: the row at byte 11 "),
        (b'[{"a": 1}, {"a": "2', "is cut off: the row at byte 11 "),
        (b'[{"a": 1}, ', "is cut off: the row at byte 11 "),
        (b'[{"a": 1}}, 2]', "is broken at byte 9: a bracket closes that never opened"),
        (b"[1] x", "goes on after the end of its list at byte 4"),
        (b"[1]]", "goes on after the end of its list at byte 3"),
        ("[1".encode("utf-16"), "is cut off"),
    ],
)
@pytest.mark.parametrize("block_size", [1, 7, 1 << 20])
def test_a_file_that_is_cut_or_broken_is_unreadable(read, content, says, block_size):
    with pytest.raises(SourceUnreadable, match=says):
        read(content, block_size=block_size)


def test_a_large_row_that_never_ends_is_unreadable(read):
    with pytest.raises(SourceUnreadable, match="is cut off"):
        read(b'[{"a": "' + b"x" * 3_000_000)


@pytest.mark.parametrize("content", [b"[]", b" [ \n] \n", b"\xef\xbb\xbf[]", b"\xef\xbb\xbf\n []"])
def test_an_empty_list_has_no_rows(read, content):
    assert read(content).read == 0


def test_a_byte_order_mark_is_passed_over(read):
    assert read(b"\xef\xbb\xbf" + json.dumps([{"League": "x"}]).encode()).rejected == 1
