"""What a class handed in and what came of it, in one SQLite file: a verdict is kept at once.

A verdict is known by the digest of what was handed in and by its `Conditions`: two identical
submissions have one, and a changed course gets new ones beside the old. Whatever ends the process
loses what was under way and nothing else.

While a process works with a store, no other can: the lock is the file's own, and ends with the
process that holds it.
"""

from __future__ import annotations

import contextlib
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from grader.cohort.engine import Done
from grader.cohort.records import HandedIn, Summary
from grader.cohort.summary import failed, summary_of, unusable
from grader.errors import DlgradeError, UsageError
from grader.result import Result
from grader.settings import Settings

FILE: Final = "store.sqlite"
"""Its name in the output folder of a class."""

VERSION: Final = 1
"""Of the tables below; a file of another version is refused, not guessed at."""

_APPLICATION: Final = int.from_bytes(b"dlgr", "big")
_TABLES: Final = """
CREATE TABLE bundle (digest TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE handed_in (place INTEGER PRIMARY KEY, digest TEXT NOT NULL, record BLOB NOT NULL);
CREATE TABLE conditions (id INTEGER PRIMARY KEY, words TEXT NOT NULL UNIQUE);
CREATE TABLE verdict (
    conditions INTEGER NOT NULL REFERENCES conditions (id),
    digest TEXT NOT NULL,
    settled INTEGER NOT NULL,
    summary BLOB NOT NULL,
    record BLOB,
    seconds REAL NOT NULL,
    place TEXT NOT NULL,
    PRIMARY KEY (conditions, digest)
) WITHOUT ROWID;
CREATE TABLE report (path TEXT PRIMARY KEY, stamp TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE remembered (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""

# Records are text that repeats itself: the fastest level makes a tenth of them.
_LEVEL: Final = 1

_READ_ONLY: Final = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
_LOCKED: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
# The statements are ours: one that is wrong (SQLITE_ERROR) meets tables that are not.
_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)

S = TypeVar("S")


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    """What a verdict depends on, beside what was handed in.

    Attributes:
        course: digest of the course; see `grader.cohort.course_digest`.
        grader: versions of this package and of what computes.
        settings: seed, limits and the rest.
        only: labels of the exercises and quizzes that are graded; all if empty.
    """

    course: str
    grader: str
    settings: Settings = Settings()
    only: tuple[str, ...] = ()


def packed(result: Result) -> bytes:
    """A record as it is kept."""
    return zlib.compress(msgspec.msgpack.encode(result), _LEVEL)


def unpacked(data: bytes) -> Result:
    """A record that was kept.

    Raises:
        DlgradeError: if the bytes are not one.
    """
    try:
        return msgspec.msgpack.decode(zlib.decompress(data), type=Result)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise DlgradeError(
            f"a stored verdict cannot be read: {error}; restore a copy of the store, or remove it "
            "and grade the class anew"
        ) from error


class Store:
    """The store of a class; a context manager.

    Args:
        path: the file; it is made if there is none.

    Raises:
        UsageError: if another process works with it, it is not of this version or not a store, or
            it cannot be written to.
        DlgradeError: if it is damaged, or the disk is full.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._explained():
            self._connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            with self._explained():
                self._open()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Lets go of the file; may be called twice."""
        with self._explained():
            self._connection.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add_bundles(self, bundles: Iterable[tuple[str, bytes]]) -> None:
        """Keeps packed bundles by their digests; those that are there stay as they are."""
        with self._together():
            self._connection.executemany("INSERT OR IGNORE INTO bundle VALUES (?, ?)", bundles)

    def bundle(self, digest: str) -> bytes:
        """A packed bundle.

        Raises:
            DlgradeError: if there is none.
        """
        found = self._one("SELECT data FROM bundle WHERE digest = ?", digest)
        if found is None:
            raise DlgradeError(f"{self._path} has lost the submission {digest[:12]}; grade anew")
        return bytes(found[0])

    def replace_handed_in(self, handed_in: Sequence[HandedIn]) -> tuple[HandedIn, ...]:
        """These are what the class handed in now; gives back those that were there and are gone."""
        before = self.handed_in()
        with self._together():
            self._connection.execute("DELETE FROM handed_in")
            self._connection.executemany(
                "INSERT INTO handed_in VALUES (?, ?, ?)",
                (
                    (place, one.digest, msgspec.msgpack.encode(one))
                    for place, one in enumerate(handed_in)
                ),
            )
        now = {one.source for one in handed_in}
        return tuple(one for one in before if one.source not in now)

    def handed_in(self) -> tuple[HandedIn, ...]:
        """What the class handed in, in the order in which it was found."""
        rows = self._all("SELECT record FROM handed_in ORDER BY place")
        return tuple(self._decoded(data, HandedIn) for (data,) in rows)

    def digests(self) -> tuple[str, ...]:
        """What can be graded, each once, in the order in which it was found."""
        rows = self._all(
            "SELECT digest FROM handed_in JOIN bundle USING (digest) "
            "GROUP BY digest ORDER BY min(place)"
        )
        return tuple(digest for (digest,) in rows)

    def settled(self, conditions: Conditions) -> frozenset[str]:
        """The digests that need not be graded again: the grader's own failures are not there."""
        rows = self._all(
            "SELECT digest FROM verdict JOIN conditions ON conditions = id "
            "WHERE words = ? AND settled",
            _words(conditions),
        )
        return frozenset(digest for (digest,) in rows)

    def keep(self, conditions: Conditions, done: Done) -> None:
        """Keeps a verdict, or why there is none, at once; a settled one is never replaced."""
        summary = _summary(done)
        with self._explained():
            self._connection.execute(
                "INSERT INTO verdict VALUES (?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET settled = excluded.settled, summary = excluded.summary, "
                "record = excluded.record, seconds = excluded.seconds, place = excluded.place "
                "WHERE NOT verdict.settled",
                (
                    self._id(conditions),
                    done.digest,
                    summary.status != "grader_error",
                    msgspec.msgpack.encode(summary),
                    packed(done.result) if done.result is not None else None,
                    done.seconds,
                    done.where,
                ),
            )

    def summaries(self, conditions: Conditions) -> dict[str, Summary]:
        """Digest → its verdict in brief."""
        rows = self._all(
            "SELECT digest, summary FROM verdict JOIN conditions ON conditions = id "
            "WHERE words = ?",
            _words(conditions),
        )
        return {digest: self._decoded(data, Summary) for digest, data in rows}

    def record(self, conditions: Conditions, digest: str) -> bytes | None:
        """A record as it is kept, see `unpacked`; None if there is no verdict."""
        found = self._one(
            "SELECT record FROM verdict JOIN conditions ON conditions = id "
            "WHERE words = ? AND digest = ?",
            _words(conditions),
            digest,
        )
        return None if found is None else found[0]

    def reported(self) -> dict[str, str]:
        """Path of each report that was written → the stamp of what it was made from."""
        return dict(self._all("SELECT path, stamp FROM report"))

    def report(self, path: str, stamp: str) -> None:
        """Keeps in mind that a report was written."""
        with self._explained():
            self._connection.execute("INSERT OR REPLACE INTO report VALUES (?, ?)", (path, stamp))

    def remember(self, name: str, value: msgspec.Struct) -> None:
        """Keeps a record by a name, instead of the one of that name."""
        with self._explained():
            self._connection.execute(
                "INSERT OR REPLACE INTO remembered VALUES (?, ?)",
                (name, msgspec.msgpack.encode(value)),
            )

    def forget(self, name: str) -> None:
        """Keeps no record of a name any more."""
        with self._explained():
            self._connection.execute("DELETE FROM remembered WHERE name = ?", (name,))

    def recall(self, name: str, kind: type[S]) -> S | None:
        """The record of a name; None if there is none."""
        found = self._one("SELECT value FROM remembered WHERE name = ?", name)
        return None if found is None else self._decoded(found[0], kind)

    def _open(self) -> None:
        ask = self._connection.execute
        # One process at a time, by a lock of the file itself, which ends with the process.
        ask("PRAGMA locking_mode = EXCLUSIVE")
        ask("PRAGMA journal_mode = WAL")
        # What a process has committed outlives it; only the loss of power may cost the last ones.
        ask("PRAGMA synchronous = NORMAL")
        ask("BEGIN EXCLUSIVE")
        (version,) = ask("PRAGMA user_version").fetchone()
        (application,) = ask("PRAGMA application_id").fetchone()
        (tables,) = ask("SELECT count(*) FROM sqlite_master").fetchone()
        if not (version or application or tables):
            for statement in _TABLES.split(";"):
                ask(statement)
            ask(f"PRAGMA application_id = {_APPLICATION}")
            ask(f"PRAGMA user_version = {VERSION}")
        elif application != _APPLICATION:
            raise UsageError(f"{self._path} is not a store of dlgrade; name another folder")
        elif version != VERSION:
            raise UsageError(
                f"{self._path} is a store of version {version}, and this dlgrade reads version "
                f"{VERSION}; use the dlgrade that wrote it, or grade into another folder"
            )
        ask("COMMIT")

    def _id(self, conditions: Conditions) -> int:
        words = _words(conditions)
        self._connection.execute("INSERT OR IGNORE INTO conditions (words) VALUES (?)", (words,))
        found = self._one("SELECT id FROM conditions WHERE words = ?", words)
        assert found is not None
        return int(found[0])

    def _one(self, query: str, *values: object) -> tuple[Any, ...] | None:
        rows = self._all(query, *values)
        return rows[0] if rows else None

    def _all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._explained():
            return self._connection.execute(query, values).fetchall()

    def _decoded(self, data: bytes, kind: type[S]) -> S:
        try:
            return msgspec.msgpack.decode(data, type=kind)
        except msgspec.MsgspecError as error:
            raise DlgradeError(f"{_damaged(self._path)} ({error})") from error

    @contextlib.contextmanager
    def _together(self) -> Iterator[None]:
        """All of what is done in it, or nothing."""
        with self._explained():
            self._connection.execute("BEGIN")
            try:
                yield
            except BaseException:
                self._connection.rollback()
                raise
            self._connection.execute("COMMIT")

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _explained(self._path, error) from error
        except UnicodeDecodeError as error:
            # Of a damaged file even the message may be no text.
            raise DlgradeError(f"{_damaged(self._path)} ({error.reason})") from error


def _explained(path: Path, error: sqlite3.Error) -> DlgradeError:
    """What an error of SQLite means, and what to do about it."""
    # The low byte is the kind; the others say more than anybody needs.
    kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if kind in _LOCKED:
        return UsageError(f"another dlgrade works in {path.parent}; wait until it has ended")
    if kind in _READ_ONLY:
        return UsageError(
            f"{path} cannot be opened for writing: {error}; mend its rights, or name another folder"
        )
    if kind in _DAMAGED:
        return DlgradeError(f"{_damaged(path)} ({error})")
    if kind == sqlite3.SQLITE_FULL:
        return DlgradeError(
            f"{path} could not grow: the disk is full. What was graded is kept: make room, then go "
            "on with --resume"
        )
    return DlgradeError(
        f"{path} failed: {error}. What was graded before is kept; look at the disk, then go on "
        "with --resume"
    )


def _damaged(path: Path) -> str:
    return f"{path} is damaged: restore a copy of it, or remove it and grade the class anew"


def _words(conditions: Conditions) -> str:
    return msgspec.json.encode(conditions).decode()


def _summary(done: Done) -> Summary:
    if done.result is not None:
        return summary_of(done.result)
    return failed(done.failure) if done.failure else unusable(done.problem)
