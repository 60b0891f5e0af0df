"""Runs a request: loads the learner's file, makes the calls, writes an answer after each task.

`prepare` reads the file, `run` runs it; what a worker says in between no code of the learner's can
change.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Final

import torch
from torch import Tensor

from grader.errors import WireError
from grader.wire.frames import (
    Answer,
    Call,
    Finished,
    FromWorker,
    ListNode,
    Node,
    Raised,
    Request,
    Task,
    pack,
    read_request,
)
from grader.wire.values import (
    Generators,
    decode,
    encode,
    encode_arguments,
    floating_tensors,
    gradients,
    state,
)
from grader.worker.binding import SignatureMismatch, bind
from grader.worker.faults import clean, output_fault, raised, signature_fault
from grader.worker.forbidden import Words
from grader.worker.loading import Learner, Text, load, read
from grader.worker.surroundings import Surroundings, seed_everything
from grader.worker.threads import watch_threads
from grader.worker.watch import Watch

# What is kept free for the answers that say that an earlier one was too large.
_RESERVE: Final = 2**20


@dataclass(frozen=True)
class Prepared:
    """A request whose file was read, but not run.

    Attributes:
        request: what is asked for.
        text: the learner's file.
    """

    request: Request
    text: Text


def prepare(request_bytes: bytes) -> Prepared:
    """Reads a request and the learner's file in it."""
    request = read_request(request_bytes)
    return Prepared(request, read(request))


def run(prepared: Prepared, answers: int) -> None:
    """Runs a request.

    Args:
        prepared: the request.
        answers: descriptor that takes the answers.
    """
    request = prepared.request
    torch.set_num_threads(request.threads)
    torch.set_default_dtype(torch.float64)
    surroundings = Surroundings.seeded()
    writer = _Writer(answers, request.output_limit)
    words = Words(request.forbids)
    watch_threads(request.filename, words)
    learner = load(request, prepared.text)
    surroundings.settle(allows_random=True)
    writer.write(learner.loaded)
    if learner.loaded.fault is None:
        supplied = _supplied(request.supplied)
        for task in request.tasks:
            generators = Generators(supplied)
            run = _TaskRun(request, task, learner, words, generators)
            writer.write(run.answer())
    writer.write(Finished())


def _supplied(source: bytes) -> Mapping[str, Any]:
    """The names that the course's own file defines: they are the course's, and no secret."""
    names: dict[str, Any] = {"__name__": "_supplied"}
    exec(compile(source, "_supplied.py", "exec"), names)
    return names


def warm_up() -> None:
    """Goes once through everything that is slow the first time; runs nothing in parallel."""
    source = b"import torch\ndef f(x):\n    return torch.tanh(x @ x.T).sum(-1)\n"
    x = torch.ones(2, 2, dtype=torch.float64)
    task = Task(
        case="warm",
        calls=(Call("f", encode_arguments({"x": x})),),
        gradients=("x",),
    )
    request = Request(
        name="warm",
        filename="warm.py",
        source=source,
        functions={"f": ("x",)},
        forbids=("dropout",),
        tasks=(task,),
    )
    learner = load(request, read(request))
    run = _TaskRun(request, task, learner, Words(request.forbids), Generators())
    decode(run.answer().values[0])
    del sys.modules["warm"]


@dataclass
class _Writer:
    """Writes frames as long as there is room for them."""

    descriptor: int
    room: int

    def write(self, message: FromWorker) -> None:
        try:
            frame = pack(message)
        except WireError as error:
            frame = pack(_too_large(message, str(error)))
        if isinstance(message, Answer) and len(frame) > self.room - _RESERVE:
            frame = pack(
                _too_large(
                    message,
                    f"the answer takes {len(frame):,} bytes; "
                    f"{max(self.room - _RESERVE, 0):,} bytes are left for it",
                )
            )
        self.room -= len(frame)
        rest = memoryview(frame)
        while rest:
            rest = rest[os.write(self.descriptor, rest) :]


def _too_large(message: FromWorker, why: str) -> FromWorker:
    if not isinstance(message, Answer):
        raise WireError(why)
    return Answer(
        case=message.case,
        raised=output_fault(why),
        duration_s=message.duration_s,
        printed=message.printed,
    )


@dataclass
class _TaskRun:
    """One task while it runs; collects what its calls give."""

    request: Request
    task: Task
    learner: Learner
    words: Words
    generators: Generators
    values: list[Node] = field(default_factory=list)
    pulled: list[dict[str, Node]] = field(default_factory=list)
    after: list[dict[str, Node]] = field(default_factory=list)
    gradient_problem: str = ""
    changed: list[str] = field(default_factory=list)

    def answer(self) -> Answer:
        """Makes the calls in order; the first that raises ends the task."""
        start, printed = time.perf_counter(), _printed()
        watch = Watch(self.request.filename, self.words)
        seed_everything()
        fault = None
        for call in self.task.calls:
            fault = self._make(call, watch)
            if fault is not None:
                break
        return Answer(
            case=self.task.case,
            values=tuple(self.values),
            gradients=tuple(self.pulled) if self.task.gradients else None,
            gradient_problem=self.gradient_problem,
            inputs_after=tuple(self.after),
            operations=watch.operations,
            forbidden=watch.forbidden,
            globals_changed=tuple(dict.fromkeys(self.changed)),
            raised=fault,
            call=len(self.values),
            duration_s=time.perf_counter() - start,
            printed=max(_printed() - printed, 0),
        )

    def _make(self, call: Call, watch: Watch) -> Raised | None:
        function = self.learner.functions.get(call.function)
        if not callable(function):
            return signature_fault(_not_callable(call.function, self.learner.functions))
        arguments = {name: decode(node, self.generators) for name, node in call.arguments.items()}
        leaves = {name: floating_tensors(arguments[name]) for name in self.task.gradients}
        for leaf in (leaf for group in leaves.values() for leaf in group):
            leaf.requires_grad_(True)
        watch.before = Surroundings.seeded(len(self.values))
        try:
            value = self._called(function, call, arguments, watch)
            with self._reading(watch):
                node = encode(self._answer_of(value, arguments), self.generators)
        except SignatureMismatch as mismatch:
            return signature_fault(str(mismatch))
        except WireError as error:
            return output_fault(str(error))
        except BaseException as error:  # SystemExit and KeyboardInterrupt are the learner's too
            return raised(error, self.request.filename)
        finally:
            self.changed += watch.before.settle(allows_random=self.task.allows_global_rng)
        return self._collect(node, value, arguments, leaves, watch)

    def _reading(self, watch: Watch) -> AbstractContextManager[None]:
        """What is read may compute itself only now: that counts as if the call had done it."""
        return watch.looking(counting=False) if self.request.forbids else nullcontext()

    def _answer_of(self, value: Any, arguments: Mapping[str, Any]) -> Any:
        if not self.task.shows:
            return value
        return {"returned": value, **{name: state(arguments[name]) for name in self.task.shows}}

    def _called(
        self, function: Callable[..., Any], call: Call, arguments: dict[str, Any], watch: Watch
    ) -> Any:
        parameters = self.request.functions[call.function]
        signature = self.learner.signatures[call.function]
        bound = bind(call.function, signature, parameters, arguments)
        with watch.looking():
            return function(*bound.positional, **bound.by_name)

    def _collect(
        self,
        node: Node,
        value: Any,
        arguments: dict[str, Any],
        leaves: dict[str, list[Tensor]],
        watch: Watch,
    ) -> Raised | None:
        """Takes what a call gave; encoding inputs may fail where the learner grew a list."""
        try:
            after = {name: encode(given, self.generators) for name, given in arguments.items()}
        except WireError as error:
            return output_fault(f"an argument has grown: {error}")
        self.values.append(node)
        self.after.append(after)
        if leaves:
            self.pulled.append(self._pull(value, arguments, leaves, watch))
        return None

    def _pull(
        self,
        value: Any,
        arguments: dict[str, Any],
        leaves: dict[str, list[Tensor]],
        watch: Watch,
    ) -> dict[str, Node]:
        flat = [leaf for group in leaves.values() for leaf in group]
        try:
            with self._reading(watch):
                pulled = iter(gradients(value, flat, self.task.upstream_seed))
            nodes = {name: [encode(next(pulled)) for _ in group] for name, group in leaves.items()}
        except BaseException as error:
            fault = raised(error, self.request.filename)
            self.gradient_problem = clean(f"{fault.type}: {fault.message}")
            return {}
        return {
            name: group[0] if isinstance(arguments[name], Tensor) else ListNode(tuple(group))
            for name, group in nodes.items()
        }


def _not_callable(name: str, functions: Mapping[str, Any]) -> str:
    if name not in functions:
        return f"there is no function {name} in this file"
    return f"{name} is not a function but {type(functions[name]).__name__}"


def _printed() -> int:
    """How much has been written to standard output so far, bytes; 0 if that is not a file."""
    try:
        return os.fstat(1).st_size
    except OSError:
        return 0
