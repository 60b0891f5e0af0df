"""From what a worker reported to the record of one exercise."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from msgspec import structs

from grader import evidence, faults
from grader.advice import advice
from grader.assess import Assessment, assess, by_name, judged, observable
from grader.audience import CIRCLES, Circle, circle, is_plain, lower
from grader.diagnose import Judged, cause, marked_line
from grader.errors import DlgradeError, WireError
from grader.evidence import Written
from grader.exercise import Case, Exercise, View
from grader.oracle import Oracle
from grader.pool import Limits, Report
from grader.result import (
    Case as CaseRecord,
)
from grader.result import (
    CaseStatus,
    Diagnosis,
    Evidence,
    Excerpt,
    Fault,
    Feedback,
    Flag,
    Operation,
    Output,
    Picture,
    status_of,
)
from grader.result import (
    Exercise as ExerciseRecord,
)
from grader.submission import Submitted, place_in
from grader.trusted import Failure, Outcome, change, may_not_change
from grader.wire.frames import Answer, DictNode, FunctionFacts
from grader.wire.values import decode

MAX_OPERATIONS: Final = 12
MAX_NAMES: Final = 1_000  # that a missing function's name is looked for among
MAX_MESSAGE: Final = 8_000  # characters; no honest one is near it
MAX_INPUTS: Final = 100  # lines about arguments


@dataclass
class _Verdict:
    """A case on its way to its record."""

    status: CaseStatus
    message: str = ""
    evidence: Evidence | None = None
    waits_for: tuple[str, ...] = ()
    judged: Judged | None = None
    diagnosis: Diagnosis | None = None
    line: int | None = None
    worth: float = math.nan


@dataclass(frozen=True)
class Verdict:
    """Judges one exercise file.

    Attributes:
        submitted: the learner's file.
        exercise: the author's side.
        oracles: what is known of each case, in the author's order.
        report: what the worker of the open cases reported, and of the file as such.
        limits: what the worker was allowed.
        pictures: whether failures are drawn.
        seed: the course seed, for the reproduction.
        apart: what the workers of other cases reported, which is used for these cases only:
            a learner's code could tell everything that it was given in there.
        most: the most that students see of any case.
    """

    submitted: Submitted
    exercise: Exercise
    oracles: Mapping[str, Oracle]
    report: Report
    limits: Limits
    pictures: bool
    seed: int
    apart: Mapping[Circle, Report] = field(default_factory=dict)
    most: Feedback = "full"
    _cases: dict[str, _Verdict] = field(default_factory=dict)

    def record(self) -> ExerciseRecord:
        """The record of the exercise."""
        fault = self._fault(self.report)
        for name, oracle in self.oracles.items():
            self._cases[name] = self._case(oracle, fault)
        self._diagnose()
        records = tuple(self._record(oracle) for oracle in self.oracles.values())
        score, max_score = sum(c.score for c in records), sum(c.max_score for c in records)
        line, cells = self._line(fault), self.submitted.cells
        return ExerciseRecord(
            name=self.submitted.entry.name,
            topic=self.submitted.entry.topic,
            title=self.exercise.title,
            asks=self.submitted.entry.asks,
            file=self.submitted.file,
            line=line,
            status=status_of(records, fault),
            score=score,
            max_score=max_score,
            duration_s=round(self.report.wall_s, 4),
            cases=records,
            code=self._code(),
            hints=self.exercise.hints,
            operations=self._operations(),
            output=output_of(self.report),
            error=fault,
            notes=self._notes(),
            flags=self._flags(),
            cell=place_in(cells, line) if cells and line else None,
        )

    @cached_property
    def _written(self) -> Written:
        return Written.of(self.submitted.source or b"", self.submitted.cells)

    def _feedback(self, case: Case) -> Feedback:
        return lower(case.feedback, self.most)

    def _circle(self, case: Case) -> Circle:
        return circle(case.visibility, self._feedback(case))

    def _report(self, case: Case) -> Report:
        """What the worker reported that ran a case."""
        return self.apart.get(self._circle(case), self.report)

    @cached_property
    def _answers(self) -> dict[str, Answer]:
        """Each case's answer, from the worker that was asked for it."""
        return {
            answer.case: answer
            for shown, report in (("open", self.report), *self.apart.items())
            for answer in report.answers
            if answer.case in self.oracles and self._circle(self.oracles[answer.case].case) == shown
        }

    @cached_property
    def _functions(self) -> Mapping[str, FunctionFacts]:
        """What is said about the exercise's functions; about others nobody has asked."""
        said = self.report.loaded.functions if self.report.loaded else {}
        return {name: said[name] for name in self.exercise.functions if name in said}

    def _fault(self, report: Report) -> Fault | None:
        """Why no case of a worker could run at all."""
        loaded = report.loaded
        if loaded is None:
            ending = faults.ending(report, self.limits)
            return Fault(kind=ending.kind, message=f"while the file was imported, {ending.message}")
        if loaded.fault is not None:
            return faults.of_file(loaded.fault, self._written)
        return None

    def _case(self, oracle: Oracle, fault: Fault | None) -> _Verdict:
        if fault is not None:
            timed_out: CaseStatus = "timeout" if fault.kind == "timeout" else "error"
            return _Verdict(timed_out, "the file could not be loaded")
        report = self._report(oracle.case)
        another = None if report is self.report else self._fault(report)
        if another is not None:
            return _Verdict("error", f"the file could not be loaded again: {another.message}")
        if report.scan is None:
            return _Verdict("grader_error", faults.unsearched(report.unsearched), worth=0.0)
        return self._loaded_case(oracle)

    def _loaded_case(self, oracle: Oracle) -> _Verdict:
        case = oracle.case
        facts = self._functions.get(case.function)
        if facts is None:
            return self._undefined(case.function)
        if not facts.is_callable:
            message = faults.not_callable(case.function, facts, self._written)
            return _Verdict("error", message, line=facts.line)
        blocking = tuple(n for n in case.needs if self._cases[n].status != "passed")
        answer = self._answers.get(case.name)
        if answer is None:
            return self._unanswered(case)
        if answer.raised is not None and answer.raised.kind == "not_implemented":
            function = answer.raised.function or case.function
            message = f"{function} is not started: replace its raise NotImplementedError"
            return _Verdict("not_started", message, line=facts.line)
        if blocking:
            return _Verdict("waiting", "waits for another case", waits_for=blocking)
        try:
            return self._judge(oracle, answer, facts)
        except WireError as error:
            return _Verdict("crashed", faults.unreadable(str(error)))
        except DlgradeError as error:
            return _Verdict("grader_error", f"the course is wrong: {error}", worth=0.0)
        except Exception as error:
            seen = f"{type(error).__name__}: {error}"
            message = f"the grader could not judge this answer ({seen}); please report it"
            return _Verdict("grader_error", message, worth=0.0)

    def _undefined(self, name: str) -> _Verdict:
        """A function that is not there: in a notebook, which has no stubs, it is not started."""
        defined = self.report.loaded.defined[:MAX_NAMES] if self.report.loaded else ()
        others = [other for other in defined if other not in self.exercise.functions]
        near = faults.misspelt(name, others)
        if self.submitted.cells and not near:
            return _Verdict("not_started", f"{name} is not started: no cell defines it")
        return _Verdict("error", faults.function_missing(name, near))

    def _unanswered(self, case: Case) -> _Verdict:
        """The worker ended before this case: the first such case tells why, the others wait."""
        shown = self._circle(case)
        first = next(
            name
            for name, oracle in self.oracles.items()
            if name not in self._answers and self._circle(oracle.case) == shown
        )
        ending = faults.ending(self._report(case), self.limits)
        if case.name == first:
            return _Verdict(ending.status, ending.message)
        return _Verdict("waiting", f"not run: {ending.message}", waits_for=(first,))

    def _judge(self, oracle: Oracle, answer: Answer, facts: FunctionFacts) -> _Verdict:
        case = oracle.case
        _check_complete(oracle, answer)
        call = oracle.calls[answer.call] if answer.raised else oracle.calls[0]
        written = self.report.scan.uses if self.report.scan else ()
        uses = faults.plainest(
            answer.forbidden, [use for use in written if use.function == case.function]
        )
        if uses:
            seen = Evidence(excerpt=self._written.excerpt(uses[0].line))
            message = faults.forbidden(uses, self._written)
            return _Verdict("forbidden", message, seen, line=uses[0].line)
        outcome = outcome_of(oracle, answer)
        said = assess(oracle, outcome)
        done = Judged(oracle, outcome, said)
        if said.passed:
            return _Verdict("passed", evidence=said.evidence, judged=done)
        if answer.raised is not None:
            seen = faults.seen(answer.raised, self._written, evidence.arguments(call))
            seen = _replaced(seen, inputs=seen.inputs[:MAX_INPUTS])
            message = faults.raised(answer.raised, self._written)
            if case.raises is not None:
                asked = f"it must raise {case.raises.__name__} here"
                if is_plain(case.visibility, self._feedback(case)):
                    message = f"{message}; {asked}"
                else:  # the message is the learner's own; what is asked is not for everybody
                    seen = _noted(seen, asked)
            line = answer.raised.line or facts.line
            return _Verdict("error", message, seen, judged=done, line=line)
        # A property is one of all calls: the arguments of a single one would mislead.
        about_all = said.stage == "value" and len(oracle.calls) > 1 and observable(oracle, outcome)
        seen = said.evidence or Evidence()
        if not about_all:
            seen = _with_inputs(said, oracle.calls[said.call])
        return _Verdict("failed", said.message, seen, judged=done, line=facts.line)

    def _diagnose(self) -> None:
        """Looks for the cause of each function's failures.

        The cause of an open case is sought in open cases alone: whether there is one would else
        tell how the learner's code answers where nobody may see it.
        """
        for function in self.exercise.functions:
            own: dict[Circle, list[_Verdict]] = {shown: [] for shown in CIRCLES}
            for name, verdict in self._cases.items():
                case = self.oracles[name].case
                if case.function == function:
                    own[self._circle(case)].append(verdict)
            seen: list[_Verdict] = []
            for shown in CIRCLES:
                seen += own[shown]
                if own[shown]:
                    self._name_cause(function, seen, own[shown])

    def _name_cause(
        self, function: str, seen: Sequence[_Verdict], concerned: Sequence[_Verdict]
    ) -> None:
        """Names the mistake that explains the failures that are ``seen``, if one does."""
        mistakes = [m for m in self.exercise.mistakes.values() if m.function == function]
        known = [verdict.judged for verdict in seen if verdict.judged is not None]
        if any(v.status in ("forbidden", "timeout", "crashed") for v in seen):
            return
        try:
            mistake = cause(known, mistakes)
        except Exception:
            # A cause is an extra, as a picture is; the audit says what is wrong with a mistake.
            return
        if mistake is None:
            return
        facts = self._functions[function]
        line = marked_line(mistake, self._written.lines, facts.line, facts.last_line)
        diagnosis = Diagnosis(
            mistake=mistake.name, title=mistake.title, hint=mistake.hint, line=line
        )
        for verdict in concerned:
            if verdict.judged is not None and not verdict.judged.assessment.passed:
                verdict.diagnosis = diagnosis
                if self._feedback(verdict.judged.oracle.case) == "full":
                    verdict.line = line or verdict.line

    def _record(self, oracle: Oracle) -> CaseRecord:
        case, verdict = oracle.case, self._cases[oracle.case.name]
        worth = case.points if math.isnan(verdict.worth) else verdict.worth
        failed = verdict.status in ("failed", "error")
        return CaseRecord(
            name=case.name,
            title=case.title,
            function=case.function,
            status=verdict.status,
            score=worth if verdict.status == "passed" else 0.0,
            max_score=worth,
            message=verdict.message[:MAX_MESSAGE],
            evidence=verdict.evidence,
            diagnosis=verdict.diagnosis,
            picture=self._picture(oracle, verdict) if failed else None,
            waits_for=verdict.waits_for,
            hint=case.hint,
            judged=judged(case),
            reproduction=evidence.reproduction(
                label=self.submitted.entry.label,
                case=case.name,
                function=case.function,
                file="" if self.submitted.cells else self.submitted.file,
                seed=self.seed,
                closed=not is_plain(case.visibility, self._feedback(case)),
            ),
            visibility=case.visibility,
            feedback=self._feedback(case),
        )

    def _picture(self, oracle: Oracle, verdict: _Verdict) -> Picture | None:
        draw = self.exercise.pictures.get(oracle.case.name)
        done = verdict.judged
        if not self.pictures or draw is None or done is None or done.outcome.raised is not None:
            return None
        try:
            return draw(_view(done))
        except Exception as error:
            # A picture is an extra: the message and the evidence stand without it.
            note = f"the picture could not be drawn ({type(error).__name__}: {error})"
            verdict.evidence = _noted(verdict.evidence, note)
            return None

    def _code(self) -> Excerpt | None:
        functions = self._functions.values()
        first = [facts.line for facts in functions if facts.line]
        last = [facts.last_line for facts in functions if facts.last_line]
        return self._written.code(min(first), max(last)) if first and last else None

    def _line(self, fault: Fault | None) -> int | None:
        if fault is not None:
            return fault.excerpt.marked if fault.excerpt else None
        for name, verdict in self._cases.items():
            is_open = self._circle(self.oracles[name].case) == "open"
            if is_open and verdict.status not in ("passed", "waiting") and verdict.line:
                return verdict.line
        return next((f.line for f in self._functions.values() if f.line), None)

    def _operations(self) -> tuple[Operation, ...]:
        counts: dict[str, tuple[int, int | None]] = {}
        for answer in self.report.answers:
            for used in answer.operations:
                count, line = counts.get(used.name, (0, used.line))
                counts[used.name] = (count + used.count, line or used.line)
        ranked = sorted(counts.items(), key=lambda item: (-item[1][0], item[0]))
        return tuple(
            Operation(name=name, count=count, line=line)
            for name, (count, line) in ranked[:MAX_OPERATIONS]
        )

    def _notes(self) -> tuple[str, ...]:
        renamed = [
            f"{name}: your parameters are not named as in the stub; whoever names them will fail"
            for name, facts in self._functions.items()
            if facts.accepts == "position"
        ]
        return (*self.submitted.notes, *renamed, *self._advice())

    def _flags(self) -> tuple[Flag, ...]:
        """What the search of the text flagged, and what it could not search."""
        scan = self.report.scan
        if scan is None:
            ran = self.report.loaded is not None
            why = self.report.unsearched
            return (Flag(what="was not searched for what it must not use", why=why),) if ran else ()
        cells = self.submitted.cells
        found = [
            Flag(
                what=flag.what,
                line=flag.line,
                why=flag.why,
                cell=place_in(cells, flag.line) if cells and flag.line else None,
            )
            for flag in scan.flags
        ]
        if scan.fault:
            found.append(Flag(what="could not be searched to its end", why=scan.fault))
        if scan.cut:
            found.append(Flag(what=f"has {scan.cut} more findings that are not listed"))
        return tuple(found)

    def _advice(self) -> list[str]:
        """Advice on functions all of whose cases pass that students see whole."""
        plain = {
            name: self.oracles[name].case.function
            for name in self._cases
            if is_plain(self.oracles[name].case.visibility, self._feedback(self.oracles[name].case))
        }
        failing = {plain[name] for name in plain if self._cases[name].status != "passed"}
        passed = set(plain.values()) - failing
        return advice(self.exercise, self.submitted.entry.label, self.seed, self.report, passed)


def _check_complete(oracle: Oracle, answer: Answer) -> None:
    """Refuses an answer that does not go with its calls: no worker of ours writes one.

    Raises:
        WireError: if something is missing or too much.
    """
    calls, returned = len(oracle.calls), len(answer.values)
    expected = answer.call if answer.raised is not None else calls
    pulled = len(answer.gradients or ())
    wanted = expected if oracle.case.gradients else 0
    if answer.call > calls or returned != expected or len(answer.inputs_after) != expected:
        raise WireError(f"{returned} answers to {calls} calls")
    if answer.raised is not None and answer.call >= calls:
        raise WireError("an exception in a call that was not made")
    if pulled != wanted:
        raise WireError(f"{pulled} gradients of {wanted} answers")
    shown = {"returned", *oracle.case.shows} if oracle.case.shows else set()
    for node in answer.values if shown else ():
        if not isinstance(node, DictNode) or {key for key, _ in node.items} != shown:
            raise WireError("an answer does not show what the case asks for")


def outcome_of(oracle: Oracle, answer: Answer) -> Outcome:
    """A worker's answer as an outcome; arguments are held against the judge's own copies."""
    case, raised = oracle.case, None
    if answer.raised is not None:
        raised = Failure(types=answer.raised.lineage or (answer.raised.type,), call=answer.call)
    values = tuple(decode(node) for node in answer.values)
    modified = [
        (index, name, how)
        for index, after in enumerate(answer.inputs_after)
        for name, before in oracle.calls[index].items()
        if may_not_change(case, name, before)
        and (how := change(before, decode(after.get(name)), flags=name not in case.gradients))
    ]
    return Outcome(
        values=values,
        gradients=tuple(
            {name: decode(node) for name, node in one.items()} for one in answer.gradients or ()
        ),
        gradient_problem=answer.gradient_problem,
        raised=raised,
        modified=tuple(modified),
        globals_changed=tuple(answer.globals_changed),
    )


def output_of(report: Report) -> Output | None:
    """What was printed, None if nothing."""
    if report.log_size == 0:
        return None
    cut = max(0, report.log_size - len(report.log_head) - len(report.log_tail))
    return Output(head=report.log_head, tail=report.log_tail, cut=cut)


def _view(done: Judged) -> View:
    finding, oracle = done.assessment.finding, done.oracle
    name, call = done.assessment.gradient, done.assessment.call
    gradients = {}
    if name:
        pair = (done.outcome.gradients[call].get(name), oracle.expected.gradients[call][name])
        yours, expected = (by_name(oracle.calls[call][name], one) for one in pair)
        if isinstance(yours, dict) and finding is not None and finding.path:
            key = finding.path[0]
            gradients = {f"{name}, {key}": (yours[key], expected[key])}
        else:
            gradients = {name: pair}
    return View(
        case=oracle.case.name,
        calls=oracle.calls,
        yours=done.outcome.values,
        expected=oracle.expected.values,
        call=call,
        gradients=gradients,
        tolerance=finding.tolerance if finding else 0.0,
        ratio=finding.error_ratio if finding else None,
    )


def _with_inputs(said: Assessment, call: Mapping[str, Any]) -> Evidence:
    seen = said.evidence or Evidence()
    return _replaced(seen, inputs=evidence.arguments(call))


def _noted(seen: Evidence | None, note: str) -> Evidence:
    kept = seen or Evidence()
    return _replaced(kept, notes=(*kept.notes, note))


def _replaced(seen: Evidence, **changes: Any) -> Evidence:
    return structs.replace(seen, **changes)
