"""The first step of an import: JSON files → typed tuples, ready for COPY or executemany. No database here."""

from etlimport.read.labels import LabelBook
from etlimport.read.reader import read_file
from etlimport.read.report import FileReport, Note
from etlimport.read.rows import COLUMNS
from etlimport.read.source import KINDS, SourcePath, SourceRefused, SourceUnreadable, find_files

__all__ = [
    "COLUMNS",
    "KINDS",
    "FileReport",
    "LabelBook",
    "Note",
    "SourcePath",
    "SourceRefused",
    "SourceUnreadable",
    "find_files",
    "read_file",
]
