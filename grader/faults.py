"""What a learner is told when the fault is not a value: it did not run, or did not end.

Every message says what happened and what to do next.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from grader.evidence import Written
from grader.pool import Limits, Report
from grader.result import CaseStatus, Evidence, Fault
from grader.wire.frames import ForbiddenUse, FunctionFacts, Raised

NEAR: Final = 0.6
WORKER_FAILED: Final = 1
"""The exit code of a worker that could not go on, whatever the learner's code did to it."""


@dataclass(frozen=True)
class Ending:
    """Why a worker gave no further answer.

    Attributes:
        kind: stable identifier.
        status: what the case becomes that was running.
        message: what happened and what to do.
    """

    kind: str
    status: CaseStatus
    message: str


def of_file(raised: Raised, written: Written) -> Fault:
    """The fault of a file that could not be loaded."""
    at = written.at(raised.line)
    if raised.kind == "syntax":
        message = f"Python cannot read the file{at}: {written.spelt(raised.message)}"
    elif raised.kind == "import":
        message = (
            f"an import fails{at}: {raised.message}. Each file is graded on its own: import torch, "
            "numpy and the standard library, not other files"
        )
    else:
        message = f"the file stops{at} while it is imported: {raised.type}: {raised.message}"
    return Fault(kind=raised.kind, message=message, excerpt=written.excerpt(raised.line))


def misspelt(name: str, defined: Sequence[str]) -> str:
    """The function that may have been meant to be called so; empty if none comes near."""
    return next(iter(difflib.get_close_matches(name, defined, n=1, cutoff=NEAR)), "")


def function_missing(name: str, near: str) -> str:
    """Said when a function is not in the file.

    Args:
        name: of the function.
        near: the function that may be it, misspelt; empty if there is none.
    """
    if near:
        return f"there is no function {name}, but there is {near}: rename it to {name}"
    return f"there is no function {name}; define it with the signature of the stub"


def not_callable(name: str, facts: FunctionFacts, written: Written) -> str:
    """Said when the name is there but is no function."""
    return f"{name} is not a function{written.at(facts.line)}; define it with def {name}(...)"


def raised(fault: Raised, written: Written) -> str:
    """Said when a call of the learner's function raised."""
    if fault.kind == "signature":
        return f"it cannot be called as the exercise asks: {fault.message}"
    if fault.kind == "memory":
        said = f": {fault.message}" if fault.message else ""
        return f"it ran out of memory{said}; look for a tensor that grows too large"
    if fault.kind == "output" and "OSError" in fault.lineage:
        return f"it printed too much: {fault.message}; take out the prints"
    if fault.kind == "output":
        return f"it returned too much: {fault.message}; return only what the exercise asks for"
    if fault.kind == "recursion":
        return "it calls itself without end (RecursionError); look at what stops it"
    at = written.at(fault.line)
    said = f": {fault.message}" if fault.message else ""
    if "PermissionError" in fault.lineage:
        said += "; a graded file may not start processes, use the network, or read and write files"
    return f"{fault.type}{at}{said}"


def seen(fault: Raised, written: Written, arguments: Sequence[str]) -> Evidence:
    """The learner's lines around an exception and the shapes of the arguments."""
    shapes = tuple(f"{name}: {shape}" for name, shape in fault.shapes.items())
    return Evidence(inputs=shapes or tuple(arguments), excerpt=written.excerpt(fault.line))


def plainest(
    ran: Sequence[ForbiddenUse], written: Sequence[ForbiddenUse]
) -> tuple[ForbiddenUse, ...]:
    """What ran, then what is written; a name on the line that ran says more than torch's own."""
    lines = {use.line for use in ran if use.line}
    return (*(use for use in written if use.line in lines), *ran, *written)


def forbidden(uses: Sequence[ForbiddenUse], written: Written) -> str:
    """Said when an operation was used that would make the exercise pointless."""
    use = uses[0]
    at = written.at(use.line)
    return f"uses {use.name}{at}, which this exercise asks you to write yourself"


def unsearched(why: str) -> str:
    """Said when the search of the text, which comes before everything else, did not arrive."""
    return f"the grader's search of your text did not arrive ({why}); please report it"


def unreadable(why: str) -> str:
    """Said when what came back from a worker is not what a worker of ours writes."""
    return (
        f"what came back from it cannot be read ({why}); "
        "do not write to file descriptors that are not yours"
    )


def ending(report: Report, limits: Limits) -> Ending:
    """Why a worker ended early."""
    seconds = f"{limits.wall_s:g} s"
    if report.end == "timeout":
        message = f"it did not finish within {seconds}; look for a loop that never ends"
        return Ending("timeout", "timeout", message)
    if report.end == "cpu":
        message = (
            f"it used up {limits.cpu_s:g} s of processor time; look for a loop that never ends"
        )
        return Ending("timeout", "timeout", message)
    if report.end == "memory":
        allowed = f"{limits.memory_bytes / 2**30:.3g} GB"
        message = f"it needed more than {allowed} of memory; look for a tensor that grows too large"
        return Ending("memory", "crashed", message)
    if report.end == "output":
        message = "it printed or returned too much to be kept; take out the prints"
        return Ending("output", "crashed", message)
    if report.end in ("exited", "finished"):
        return _by_itself(report)
    if report.end == "scratch":
        allowed = f"{limits.scratch_bytes / 2**20:.3g} MB"
        message = f"it wrote more than {allowed}, or too many files, to its folder; write less"
        return Ending("scratch", "crashed", message)
    if report.end == "killed" and report.signal is None:
        message = "it ended the process that runs it; take out os.kill and what goes with it"
        return Ending("killed", "crashed", message)
    if report.end == "broken":
        return Ending("broken", "crashed", unreadable(report.broken))
    signal = f" (signal {report.signal})" if report.signal else ""
    message = f"Python itself crashed{signal}; look for ctypes, os.kill or endless recursion in C"
    return Ending("crashed", "crashed", message)


def _by_itself(report: Report) -> Ending:
    """Why a worker left though nothing made it."""
    if report.end == "finished":
        message = (
            "it said that it was done before everything was answered; "
            "do not write to file descriptors that are not yours"
        )
        return Ending("broken", "crashed", message)
    message = (
        f"it ended the whole program (exit code {report.exit_code}); "
        "take out exit(), quit() and os._exit()"
    )
    if report.exit_code == WORKER_FAILED:
        message += ", and what replaces parts of Python, torch or the grader"
    return Ending("exited", "crashed", message)
