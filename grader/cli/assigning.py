"""How a class is to be judged: what the command line says, where it says nothing as before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from grader.cli.options import Drawn
from grader.usual import TIME_LIMIT_S

if TYPE_CHECKING:
    from grader.cohort.store import Conditions, Store
    from grader.course import Course
    from grader.settings import Settings

_SEED: Final = "secret seed"
"""What a store calls it."""


class _Drawn(msgspec.Struct, frozen=True):
    """The seed that was drawn for a class; the same one as long as it is to be secret."""

    seed: int


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the command line says of how to judge; None where it says nothing."""

    directory: Path | None
    only: tuple[str, ...]
    seed: Drawn | None
    time_limit: float | None
    memory_limit: int | None
    isolation: Literal["auto", "strict", "off"] | None
    bubblewrap: bool
    jobs: int | None
    engine: str

    def words(self) -> tuple[str, ...]:
        """What is said, as it is typed: for a command that is to be told the same."""
        seed = self.seed and ("secret" if self.seed.secret else self.seed.seed)
        memory = self.memory_limit and f"{self.memory_limit / 2**20:g}M"
        pairs = {
            "--seed": seed,
            "--time-limit": self.time_limit and f"{self.time_limit:g}",
            "--memory-limit": memory,
            "--isolation": self.isolation,
            "--engine": None if self.engine == "local" else self.engine,
        }
        found = [word for name in self.only for word in ("--only", name)]
        found += [word for name, value in given(pairs).items() for word in (name, str(value))]
        return (*found, *(["--bubblewrap"] if self.bubblewrap else []))

    def settings(self, before: Settings, store: Store) -> Settings:
        """How to judge, where nothing is said as before."""
        limits = {
            "wall_s": self.time_limit,
            "cpu_s": self.time_limit,
            "memory_bytes": self.memory_limit,
        }
        said: dict[str, Any] = {"isolation": self.isolation}
        if self.seed is not None and self.seed.secret:
            drawn = store.recall(_SEED, _Drawn) or _Drawn(self.seed.seed)
            store.remember(_SEED, drawn)
            said |= {"seed": drawn.seed, "secret_seed": True}
        elif self.seed is not None:
            said |= {"seed": self.seed.seed, "secret_seed": False}
        said["limits"] = msgspec.structs.replace(before.limits, **given(limits))
        return msgspec.structs.replace(before, **given(said))

    def conditions(
        self, course: Course, before: Conditions | None, store: Store, pictures: bool
    ) -> Conditions:
        """What verdicts depend on now.

        Args:
            course: what is judged.
            before: what they depended on; None if nothing was graded.
            store: what is kept of the class.
            pictures: whether failures are drawn, for the reports.
        """
        from grader.cohort.course_digest import course_digest, grader_version
        from grader.cohort.store import Conditions
        from grader.pool import Limits
        from grader.settings import Settings

        # What `dlgrade check` takes where nothing is said.
        limits = Limits(wall_s=TIME_LIMIT_S, cpu_s=TIME_LIMIT_S)
        usual = Settings(limits=limits, pictures=pictures)
        only = before.only if before else ()
        if self.only:
            only = tuple(entry.label for entry in course.select(self.only))
        return Conditions(
            course=course_digest(course),
            grader=grader_version(),
            settings=self.settings(before.settings if before else usual, store),
            only=only,
        )


def changed(before: Conditions, now: Conditions) -> list[str]:
    """What is not as it was, in words."""
    found = []
    if before.course != now.course:
        found.append("the course has changed since")
    if before.grader != now.grader:
        found.append(f"by {before.grader}, and this is {now.grader}")
    if before.only != now.only:
        found.append(f"--only was {', '.join(before.only) or 'everything'}")
    old, new = before.settings, now.settings
    if (old.seed, old.secret_seed) != (new.seed, new.secret_seed):
        found.append(f"--seed was {'secret' if old.secret_seed else old.seed}")
    if old.limits.wall_s != new.limits.wall_s:
        found.append(f"--time-limit was {old.limits.wall_s:g}")
    if old.limits.memory_bytes != new.limits.memory_bytes:
        found.append(f"--memory-limit was {old.limits.memory_bytes // 2**20}M")
    if old.isolation != new.isolation:
        found.append(f"--isolation was {old.isolation}")
    return found or (["its settings were others"] if before != now else [])


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of some values that were given."""
    return {name: value for name, value in values.items() if value is not None}
