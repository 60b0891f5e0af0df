"""A submission: which of a course's exercises and quizzes it answers, and the bytes of each file.

Folders, zip and tar archives, notebooks and single files are read as bytes, with bounds, and never
imported, unpacked to disk or parsed as Python here: what they hold is nobody's to trust.
"""

from grader.submission.bundle import Bundle, could_ask, gather, pack, unpack
from grader.submission.cells import place, place_in
from grader.submission.collecting import collect, collect_files, collect_whole
from grader.submission.files import MAX_NOTEBOOK_BYTES, MAX_SOURCE_BYTES
from grader.submission.submitted import Submitted

__all__ = [
    "MAX_NOTEBOOK_BYTES",
    "MAX_SOURCE_BYTES",
    "Bundle",
    "Submitted",
    "collect",
    "collect_files",
    "collect_whole",
    "could_ask",
    "gather",
    "pack",
    "place",
    "place_in",
    "unpack",
]
