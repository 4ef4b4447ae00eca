"""The first step of an import: it reads JSON files into typed tuples, ready for COPY or executemany.

Nothing here uses a database.
"""

from etlimport.read.file_report import FileReport, Note, Witness
from etlimport.read.files import SourcePath, SourceRefused, SourceUnreadable, find_files
from etlimport.read.label_book import LabelBook
from etlimport.read.reader import read_file

__all__ = [
    "FileReport",
    "LabelBook",
    "Note",
    "SourcePath",
    "SourceRefused",
    "SourceUnreadable",
    "Witness",
    "find_files",
    "read_file",
]
