"""Measures what holds hostile submissions: what each layer is worth, and what all of them cost.

Run it in the project's environment, as root or as a plain user::

    python benchmarks/isolation.py attacks   # every attack without each layer in turn
    python benchmarks/isolation.py cost      # milliseconds per exercise, against a bare fork
    python benchmarks/isolation.py mixture   # hostile among honest: nobody's record changes

As root every worker is a user of its own, if other users can read this Python.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

from accuracy import ROOT, load

from grader.wire.layers import (
    CALLS,
    CAPABILITIES,
    DEATH,
    DESCRIPTORS,
    FILES,
    JUDGE,
    LIMITS,
    NO_FILES,
    PRIVILEGES,
    PROCESS,
    PROTECTION,
    USER,
)

if TYPE_CHECKING:
    from grader.result import Exercise

COST_BOUND = 1.5
HONEST, HOSTILE, WORKERS = 200, 20, 4
LONGEST_S = 600

# Without Landlock the filter of system calls refuses to open anything; both are files' layers.
WITHOUT: dict[str, tuple[str, ...]] = {
    "every layer": (),
    f"without {PROCESS}": (PROCESS,),
    f"without {DESCRIPTORS}": (DESCRIPTORS,),
    f"without {LIMITS}": (LIMITS,),
    f"without {USER}": (USER,),
    f"without {CAPABILITIES}": (CAPABILITIES,),
    f"without {DEATH}": (DEATH,),
    f"without {PRIVILEGES}": (PRIVILEGES,),
    f"without {FILES}": (FILES,),
    f"without {FILES}, {NO_FILES}": (FILES, NO_FILES),
    f"without {CALLS}": (CALLS,),
    f"without {JUDGE}": (JUDGE,),
    "none against intent": PROTECTION,
}
# The kernel takes neither Landlock's rules nor a filter from a process that could gain rights.
ONLY = {
    f"only {USER}": (USER,),
    f"only {CAPABILITIES}": (CAPABILITIES,),
    f"only {FILES}": (PRIVILEGES, FILES),
    f"only {CALLS}": (PRIVILEGES, CALLS),
    f"only {JUDGE}": (JUDGE,),
}
CONFIGURATIONS = {
    **WITHOUT,
    **{
        name: tuple(layer for layer in PROTECTION if layer not in kept)
        for name, kept in ONLY.items()
    },
}

# The worst of each group, those that need the whole of a limit among them.
MIXED = (
    "files/read_solution",
    "files/write_other_student",
    "files/fill_disk",
    "files/poison_packages",
    "files/stash_in_common_folders",
    "processes/kill_victim",
    "processes/kill_warm_process",
    "processes/signal_everybody",
    "processes/read_memory_of_judge",
    "processes/fork_bomb",
    "processes/thread_bomb",
    "processes/segmentation_fault",
    "processes/stop_itself",
    "kernel/io_uring",
    "kernel/memory_files",
    "kernel/keyring",
    "network/listen",
    "cheating/exit_at_import",
    "objects/equal_to_everything",
    "resources/endless_loop",
)


def main() -> int:
    """Runs one of the three; exits with 1 if its aim is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parts = parser.add_subparsers(dest="part", required=True)
    attacks_ = parts.add_parser("attacks", help="every attack without each layer in turn")
    attacks_.add_argument("--only", nargs="*", default=[], help="groups of attacks")
    attacks_.add_argument(
        "--no-landlock", action="store_true", help="only as on a kernel without Landlock"
    )
    one_ = parts.add_parser("one", help=argparse.SUPPRESS)
    one_.add_argument("configuration")
    one_.add_argument("--only", nargs="*", default=[])
    cost_ = parts.add_parser("cost", help="milliseconds per exercise, against a bare fork")
    cost_.add_argument("--runs", type=int, default=200)
    parts.add_parser("mixture", help="hostile submissions among honest ones")
    given = parser.parse_args()
    if given.part == "attacks":
        kept = ["every layer", f"without {FILES}"] if given.no_landlock else list(CONFIGURATIONS)
        return attacks(kept, given.only)
    if given.part == "one":
        return one(given.configuration, given.only)
    return cost(given.runs) if given.part == "cost" else mixture()


# ------------------------------------------------------------------------------------- attacks


def attacks(configurations: Sequence[str], only: Sequence[str]) -> int:
    """Prints which attacks get through in each configuration.

    Each is a process of its own: a judge cannot be looked into any more once it has been closed.
    """
    found: dict[str, dict[str, Any]] = {}
    for name in configurations:
        found[name] = in_a_process(name, only)
        through = found[name]["through"]
        print(f"{name:<36} {len(through):4} of {found[name]['tried']} get through", flush=True)
    every = found["every layer"]
    user = "root" if os.geteuid() == 0 else "a plain user"
    print(f"\nas {user}, held by: {', '.join(every['layers'])}")
    usual = set(every["through"])
    print(f"through every layer: {', '.join(sorted(usual)) or 'none'}")
    unexpected = usual - set(every["expected"])
    for name, one_of in found.items():
        if name.startswith("without"):
            more = sorted(set(one_of["through"]) - usual)
            print(f"\n{name}: {', '.join(more) or 'nothing more'}")
    if "none against intent" in found:
        bare = set(found["none against intent"]["through"])
        print(f"\nwith none against intent {len(bare)} get through; of these stops")
        for name in filter(found.__contains__, ONLY):
            print(f"  {name:<34} {len(bare - set(found[name]['through'])):4}")
    if unexpected:
        print(f"\nmust not get through: {', '.join(sorted(unexpected))}")
    return 1 if unexpected else 0


def in_a_process(configuration: str, only: Sequence[str]) -> dict[str, Any]:
    """What `one` finds; in a clean environment, as attacks do read it where nothing stops them."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [sys.executable, __file__, "one", configuration]
    done = subprocess.run(
        [*command, "--only", *only] if only else command,
        env={**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"{configuration}: {done.stderr}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def one(configuration: str, only: Sequence[str]) -> int:
    """Runs the attacks in one configuration; prints as JSON which of them get through."""
    from grader.errors import EngineError

    harness = harness_()
    layers = (*harness.LAYERS, "memory limit", "output limit", "disk limit")
    chosen = [
        attack
        for attack in harness.attacks()
        if attack.stopped_by in layers and (not only or attack.group in only)
    ]
    through: list[str] = []
    with harness.Arena() as arena:
        without = CONFIGURATIONS[configuration]
        pool = arena.pool(*without)
        held = pool.held()
        for attack in chosen:
            try:
                outcome = harness.run(attack, arena, pool)
            except EngineError:
                pool.close()
                pool = arena.pool(*without)
                through.append(attack.id)
                continue
            if outcome.reached:
                through.append(attack.id)
        pool.close()
    answer = {
        "tried": len(chosen),
        "through": through,
        "expected": [attack.id for attack in chosen if attack.is_open(held)],
        "layers": held.layers,
    }
    print(json.dumps(answer))
    return 0


# ---------------------------------------------------------------------------------------- cost


def cost(runs: int) -> int:
    """Prints what an exercise takes with every layer and with none, in turn in one run."""
    from grader.course import find
    from grader.judge import grade
    from grader.pool import Policy, create
    from grader.settings import Settings
    from grader.submission import Submitted
    from grader.wire.frames import Request

    entries = {entry.label: entry for entry in find().entries}
    right = {v.exercise: v for v in reversed(collection()) if v.is_right}
    answers = [Submitted(entries[x], f"{x}.py", v.source.encode()) for x, v in right.items()]
    empty = Request(name="empty", filename="empty.py", source=b"", functions={})
    settings = Settings(pictures=False)
    policies = {"a bare fork": Policy(without=PROTECTION), "every layer": Policy()}
    pools = {name: create("fork", jobs=1, policy=policy) for name, policy in policies.items()}
    times: dict[tuple[str, str], list[float]] = {}
    try:
        held = {name: pool.held().layers for name, pool in pools.items()}
        for number in range(-len(answers), runs):  # the first round of all is not counted
            for name in sorted(pools, reverse=bool(number % 2)):
                pool = pools[name]
                began = time.perf_counter()
                pool.submit(0, empty, settings.limits)
                pool.wait()
                between = time.perf_counter()
                result = grade([answers[number % len(answers)]], pool, settings)
                ended = time.perf_counter()
                assert result.status == "passed", result
                if number >= 0:
                    times.setdefault(("an empty worker", name), []).append(between - began)
                    times.setdefault(("an exercise, graded", name), []).append(ended - between)
    finally:
        for pool in pools.values():
            pool.close()
    print(f"{runs} runs each in turn, one worker at a time; the bound is {COST_BOUND} times")
    for name, layers in held.items():
        print(f"  {name}: {', '.join(layers)}")
    worst = 0.0
    for what in dict.fromkeys(what for what, _ in times):
        bare, full = (statistics.median(times[what, name]) * 1e3 for name in policies)
        ratio = full / bare
        worst = max(worst, ratio) if what.endswith("graded") else worst
        print(f"  {what:<22} bare {bare:6.1f} ms   every layer {full:6.1f} ms   {ratio:.2f} times")
    return 0 if worst <= COST_BOUND else 1


# ------------------------------------------------------------------------------------- mixture


def mixture() -> int:
    """Grades honest submissions alone, then with hostile ones between them; compares records."""
    from grader.course import find
    from grader.judge import grade
    from grader.pool import Limits
    from grader.settings import Settings
    from grader.submission import Submitted

    harness = harness_()
    entries = {entry.label: entry for entry in find().entries}
    right = [variant for variant in collection() if variant.is_right]
    honest = [
        Submitted(entries[v.exercise], f"{v.exercise}.py", v.source.encode())
        for v in (right[number % len(right)] for number in range(HONEST))
    ]
    hostile = {attack.id: attack for attack in harness.attacks() if attack.id in MIXED}
    assert len(hostile) == HOSTILE, sorted(set(MIXED) - set(hostile))
    settings = Settings(pictures=False, limits=Limits(wall_s=15, cpu_s=15, memory_bytes=2**30))
    with harness.Arena() as arena, arena.pool(jobs=WORKERS) as pool:
        alone = grade(honest, pool, settings).exercises
        before = arena.look(pool.warm)
        mixed: list[Submitted] = []
        attacks_ = iter(hostile.values())
        for number, submitted in enumerate(honest):
            if number % (HONEST // HOSTILE) == 0:
                attack = next(attacks_)
                mixed.append(arena.submitted(attack.source, attack.answers, pool.warm))
            mixed.append(submitted)
        began = time.monotonic()
        together = grade(mixed, pool, settings).exercises
        took = time.monotonic() - began
        harm = list(arena.harm(before, arena.look(pool.warm)))
    of_honest = [r for r, s in zip(together, mixed, strict=True) if s in honest]
    differ = [a.name for a, b in zip(alone, of_honest, strict=True) if as_bytes(a) != as_bytes(b)]
    passed = sum(record.status == "passed" for record in of_honest)
    print(
        f"{HOSTILE} hostile among {HONEST} honest submissions, {WORKERS} at a time, {took:.1f} s: "
        f"{passed} honest ones pass, {len(differ)} of their records differ from a run without "
        f"the hostile, {len(harm)} things are not as they were"
    )
    for line in [*differ, *harm]:
        print(f"  {line}")
    return 1 if differ or harm or passed != HONEST else 0


def as_bytes(record: Exercise) -> bytes:
    """A record without the one field that two runs may differ in: how long it took."""
    import msgspec

    return msgspec.json.encode(msgspec.structs.replace(record, duration_s=0.0))


def collection() -> list[Any]:
    """The right and wrong answers of tests/course."""
    return list(load("collection", ROOT / "tests" / "course" / "collection.py").variants())


def harness_() -> ModuleType:
    """What attacks are run with."""
    return load("attacks_harness", ROOT / "tests" / "attacks" / "harness.py")


if __name__ == "__main__":
    sys.exit(main())
