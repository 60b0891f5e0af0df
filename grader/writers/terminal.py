"""The result on a terminal: a line for what passes, the first failing case of what does not.

Everything is a pure function of the record and of the look: no environment is read, nothing is
printed. Learner text is made visible before it is set, and is never taken for markup.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from grader.result import Answered, Case, Evidence, Excerpt, Exercise, Output, Quiz, Result, Worst
from grader.writers import words
from grader.writers.typeset import (
    Line,
    Role,
    Span,
    chunked,
    clipped,
    clipped_left,
    fit,
    hanging,
    paint,
)
from grader.writers.visible import ascii_text, one_line, visible

OPEN_LINES: Final = 12
"""Lines that a failing exercise may take before ``-v`` is asked for."""

_NARROWEST: Final = 40
_WIDEST_NAME: Final = 28
_STANDING: Final = 24
_INDENT: Final = 4
_WIDEST_NUMBER: Final = 40
_PRINTED_LINES: Final = 12
_FLAGS: Final = 2
_FLAGGED: Final = "    for the instructor: "
_NEXT: Final = "      next:  "
TONES: Final[Mapping[str, Role]] = {"good": "good", "bad": "bad", "calm": "dim", "odd": "odd"}


def render(
    result: Result,
    *,
    width: int = 80,
    colour: bool = False,
    ascii_only: bool = False,
    verbosity: int = 0,
    report: str | None = None,
    whole: str = "",
) -> str:
    """The result as text, without a line feed at its end.

    Args:
        result: what was graded.
        width: columns of the terminal; fewer than 40 count as 40.
        colour: whether to write colour escapes.
        ascii_only: whether the terminal's encoding lacks anything but ASCII.
        verbosity: -1 the last line only, 0 failures open themselves, 1 every case.
        report: the file that the HTML report was written to, for the link.
        whole: what to type to see all of it; without it, the command that checks the file.
    """
    scribe = _Scribe(max(width, _NARROWEST), ascii_only, verbosity, whole)
    last = scribe.last(result, report)
    if verbosity < 0:
        text = " ".join(paint([line], colour).strip() for line in last)
    else:
        column = _name_column(result, scribe.width)
        lines = [line for each in result.exercises for line in scribe.exercise(each, column)]
        lines += [line for each in result.quizzes for line in scribe.quiz(each, column)]
        text = paint([*lines, *scribe.notice(result), *last], colour)
    return ascii_text(text) if ascii_only else text


def part(
    record: Exercise | Quiz,
    *,
    width: int,
    ascii_only: bool = False,
    verbosity: int = 0,
    whole: str = "",
    hint: str = "",
) -> list[Line]:
    """The lines of one exercise or quiz, as they stand in `render`.

    Args:
        record: what was graded.
        width: see `render`.
        ascii_only: see `render`.
        verbosity: 0 or 1, see `render`.
        whole: see `render`.
        hint: what to type for a hint; without it, the command.
    """
    scribe = _Scribe(max(width, _NARROWEST), ascii_only, verbosity, whole, hint)
    column = min(len(record.name), _WIDEST_NAME, scribe.width - _STANDING) + 3
    if isinstance(record, Quiz):
        return list(scribe.quiz(record, column))
    return scribe.exercise(record, column)


def render_found(
    part: Exercise | Quiz,
    seen: Case | Answered | None,
    *,
    width: int = 80,
    colour: bool = False,
    ascii_only: bool = False,
    advises: bool = True,
) -> str:
    """What was found in one case or answer, for a place that names it itself.

    Args:
        part: the exercise or quiz that it belongs to.
        seen: the case or the answer; without one, why the file as a whole could not be run.
        width: columns to fill; fewer than 40 count as 40.
        colour: whether to write colour escapes.
        ascii_only: whether the encoding lacks anything but ASCII.
        advises: whether to say which command to run next.
    """
    scribe = _Scribe(max(width, _NARROWEST) + _INDENT, ascii_only, verbosity=0)
    text = paint([_outdented(line) for line in scribe.found(part, seen, advises)], colour)
    return ascii_text(text) if ascii_only else text


def _outdented(line: Line) -> Line:
    """The line without the room that the name of its exercise has above it."""
    first, *others = line.spans
    return Line((Span(first.text.removeprefix(" " * _INDENT), first.role), *others), line.rank)


def _name_column(result: Result, width: int) -> int:
    longest = max((len(part.name) for part in words.parts(result)), default=0)
    return min(longest, _WIDEST_NAME, width - _STANDING) + 3


@dataclass(frozen=True)
class _Scribe:
    """Sets exercises as lines for one width and one alphabet."""

    width: int
    ascii_only: bool
    verbosity: int
    whole: str = ""
    hint: str = ""

    # The pieces of text. Whatever comes from the record passes through `say` or `code`.

    def say(self, text: str, limit: int = 600) -> str:
        """Prose on one line; its length is bounded before anything else happens."""
        return self._lettered(one_line(text, limit))

    def code(self, text: str) -> str:
        """One line of code, its tabs as four spaces."""
        shown = visible(text[:2_000]).replace("\n", "\\n").expandtabs(4)
        return self._lettered(shown)

    def _lettered(self, text: str) -> str:
        return ascii_text(text) if self.ascii_only else text

    @property
    def cut(self) -> str:
        """The sign for what is left out."""
        return "..." if self.ascii_only else "…"

    def mark(self, state: words.State) -> Span:
        """The shape of a state."""
        shape = state.ascii_mark if self.ascii_only else state.mark
        return Span(shape, TONES[state.tone])

    def paragraph(
        self, first: str, text: str, *, role: Role = "plain", rank: int = 0, most: int = 3
    ) -> list[Line]:
        """Words that hang under the first of them."""
        most = 0 if self.verbosity > 0 else most
        label = [Span(first, "strong" if first.strip() else "plain")]
        return hanging(
            label, self.say(text), self.width, role=role, rank=rank, most=most, cut=self.cut
        )

    # An exercise.

    def exercise(self, exercise: Exercise, column: int) -> list[Line]:
        """One line, or more if something is to be said."""
        head, flags = self._head(exercise, column), self._flags(exercise)
        if self.verbosity > 0:
            return [*head, *self._fault(exercise), *self._all_cases(exercise), *flags]
        if exercise.status in ("passed", "not_started"):
            return [*head, *flags]
        body = [*self._fault(exercise), *self._first_case(exercise)]
        room = OPEN_LINES - len(flags)
        return [*fit([*head, *body], room, lambda number: self._more(number, exercise)), *flags]

    def _flags(self, exercise: Exercise) -> list[Line]:
        """What the instructor should look at: one calm line, all of it with ``-v``."""
        if not exercise.flags:
            return []
        if self.verbosity > 0:
            return self.paragraph(_FLAGGED, words.flags(exercise), role="dim")
        text = clipped(
            self.say(words.flags(exercise, _FLAGS)), self.width - len(_FLAGGED), self.cut
        )
        return [Line((Span(_FLAGGED, "dim"), Span(text, "dim")))]

    def _more(self, number: int, part: Exercise | Quiz) -> str:
        note = f"    {self.cut} {number} more lines: {self._again(part)}"
        return clipped(note, self.width, self.cut)

    def _again(self, part: Exercise | Quiz) -> str:
        return self.whole or f"dlgrade check {self._path(part)} -v"

    def _path(self, part: Exercise | Quiz) -> str:
        return shlex.quote(self.say(part.file, 300))

    def _head(self, exercise: Exercise, column: int) -> list[Line]:
        state = words.exercise_state(exercise)
        spans = self._named(state, exercise, column, self._standing(exercise))
        if exercise.status in ("passed", "not_started"):
            return [Line(tuple(spans))]
        return self._with_place(spans, exercise)

    def _named(
        self, state: words.State, part: Exercise | Quiz, column: int, standing: Span
    ) -> list[Span]:
        """Mark, name and standing, in their columns."""
        name = clipped(self.say(part.name, 200), column - 3, self.cut)
        role: Role = "plain" if part.status == "passed" else "strong"
        spans = [self.mark(state), Span(" "), Span(name, role)]
        return [*spans, Span(" " * (2 + column - sum(span.width for span in spans))), standing]

    def _standing(self, exercise: Exercise) -> Span:
        if exercise.status == "passed":
            counted = words.counted_cases(exercise)
            if not counted and exercise.cases:
                return Span(words.later(exercise.withheld) or words.state_word(exercise), "dim")
            later = f", {words.amount(exercise.withheld)} more points later"
            number = words.count(len(counted), "case")
            return Span(number + (later if exercise.withheld else ""), "dim")
        if exercise.status in ("partial", "failed") or exercise.score > 0:
            return Span(words.points(exercise.score, exercise.max_score))
        calm = exercise.status == "not_started"
        return Span(self.say(words.state_word(exercise), 60), "dim" if calm else "plain")

    def _with_place(self, spans: list[Span], part: Exercise | Quiz) -> list[Line]:
        place = self.say(words.location(part), 400)
        used = sum(span.width for span in spans)
        gap = self.width - used - Span(place).width
        if gap >= 2:
            return [Line((*spans, Span(" " * gap), Span(place, "dim")))]
        shown = clipped_left(place, self.width - 4, self.cut)
        return [Line(tuple(spans)), Line((Span("    "), Span(shown, "dim")))]

    def _fault(self, part: Exercise | Quiz) -> Iterator[Line]:
        if part.status == "grader_error":
            yield from self.paragraph("    ", words.GRADER_FAULT)
        if part.error is None:
            return
        yield from self.paragraph("    ", part.error.message)
        yield from self._excerpt(part.error.excerpt)

    # Cases.

    def _first_case(self, exercise: Exercise) -> Iterator[Line]:
        failing = words.failing_cases(exercise)
        unjudged = [case for case in exercise.cases if case.status == "grader_error"]
        if failing:
            first, *others = failing
            yield from self.paragraph("    ", first.title, most=2)
            yield from self._finding(first)
            yield from self._hint(exercise)
            yield from self._waiting(exercise, first)
            for case in others:
                yield self._short(case, rank=5)
        yield from self._not_started(exercise)
        if exercise.status != "grader_error" and unjudged:
            title = "    " + words.count(len(unjudged), "case") + " not judged"
            yield Line((Span(title, "odd"),), 4)
        if exercise.status == "grader_error" and exercise.error is None:
            for case in unjudged[:1]:
                yield from self.paragraph("    ", case.message, rank=1)

    def _not_started(self, exercise: Exercise) -> Iterator[Line]:
        """Functions that are still stubs, beside others that are not."""
        cases = [case for case in exercise.cases if case.status == "not_started"]
        for message in dict.fromkeys(case.message for case in cases if case.message):
            yield from self.paragraph("    ", message, rank=4, most=2)
        if cases and not any(case.message for case in cases):
            yield Line((Span(f"    {words.count(len(cases), 'case')} not started", "dim"),), 4)

    def _hint(self, exercise: Exercise) -> Iterator[Line]:
        failing = words.failing_cases(exercise)
        if not failing:
            return
        if exercise.hints or any(case.hint for case in failing):
            command = self.hint or f"dlgrade hint {shlex.quote(self.say(exercise.name, 200))}"
        elif self.verbosity > 0:
            return
        else:
            command = self._again(exercise)
        shown = clipped(command, self.width - len(_NEXT), self.cut)
        yield Line((Span(_NEXT, "strong"), Span(shown)))

    def _waiting(self, exercise: Exercise, first: Case) -> Iterator[Line]:
        total = sum(case.status == "waiting" for case in exercise.cases)
        direct = words.waiting_for(exercise, first.name)
        if direct:
            verb = "waits" if direct == 1 else "wait"
            text = f"    {words.count(direct, 'case')} {verb} for this one"
            yield Line((Span(text, "dim"),), 2)
        if total > direct:
            text = f"    {words.count(total - direct, 'case')} wait for others"
            yield Line((Span(text.replace("case wait", "case waits"), "dim"),), 5)

    def _short(self, case: Case, rank: int = 0) -> Line:
        """A case on one line."""
        state = words.CASE_STATES[case.status]
        title = clipped(self.say(case.title), self.width - 6, self.cut)
        line = Line((Span("    "), self.mark(state), Span(" "), Span(title)), rank)
        longer = Line((*line.spans, Span(f"   {state.word}", "dim")), rank)
        silent = case.status in ("passed", "failed") or longer.width > self.width
        return line if silent else longer

    def _all_cases(self, exercise: Exercise) -> Iterator[Line]:
        titles = {case.name: case.title for case in exercise.cases}
        for case in exercise.cases:
            yield self._short(case)
            if case.status in words.FAILING_CASES or case.status == "grader_error":
                yield from self._finding(case)
            elif case.evidence is not None:
                for note in case.evidence.notes:
                    yield from self.paragraph("      ", note, role="dim")
            if case.status == "not_started" and case.message:
                yield from self.paragraph("      ", case.message, role="dim")
            if case.status == "waiting":
                waits = ", ".join(titles.get(name, name) for name in case.waits_for)
                yield from self.paragraph("      waits for: ", waits)
        yield from self._hint(exercise)
        for note in exercise.notes:
            yield from self.paragraph("    ", note, role="dim")
        if exercise.output is not None:
            yield from self._printed(exercise.output)

    # What was found.

    def found(
        self, part: Exercise | Quiz, seen: Case | Answered | None, advises: bool
    ) -> Iterator[Line]:
        """What is to be said of one case or answer, or of the file as a whole."""
        if isinstance(seen, Answered):
            yield from self._answer(seen, rank=0)
        elif seen is None or isinstance(part, Quiz):
            yield from self._fault(part)
        else:
            yield from self._finding(seen)
            if advises:
                yield from self._hint(part)

    def _finding(self, case: Case) -> Iterator[Line]:
        evidence = case.evidence or Evidence()
        # Where there is a worst element, it says more than the sentence does.
        if evidence.worst is None or self.verbosity > 0:
            yield from self.paragraph("      ", case.message, rank=1)
        if evidence.worst is not None:
            yield from self._worst(evidence.worst)
        seen = evidence.pattern or words.spread(evidence.failing, evidence.total)
        if seen:
            yield from self.paragraph("      ", seen, rank=3, most=2)
        yield from self._excerpt(evidence.excerpt)
        if evidence.inputs and (self.verbosity > 0 or evidence.worst is None):
            yield from self._inputs(evidence)
        for note in evidence.notes:
            yield from self.paragraph("      ", note, role="dim", rank=6, most=2)
        if case.diagnosis is not None:
            yield from self.paragraph("      cause: ", case.diagnosis.title, rank=1)
            if self.verbosity > 0:
                yield from self.paragraph("             ", case.diagnosis.hint)
        if self.verbosity > 0 and case.hint:
            yield from self.paragraph("      hint:  ", case.hint)

    def _worst(self, worst: Worst) -> list[Line]:
        pair = (worst.yours, worst.expected) if self.verbosity > 0 else words.abridged(worst)
        widest = min(_WIDEST_NUMBER, self.width - len("        expected "))
        yours, expected = (clipped(self.say(text), widest, self.cut) for text in pair)
        place = clipped(self.say(worst.where, 200), self.width - 20, self.cut)
        off = f"off by {self.say(worst.off_by)}, allowed {self.say(worst.allowed)}"
        beside = [Span(f"expected {expected}", "expected")] if worst.expected else []
        # Only numbers have a distance.
        head = "worst" if worst.off_by else "first" if worst.expected else "seen"
        chunks = [
            Span(f"{head} at {place}" if place else head),
            Span(f"yours {yours}", "yours"),
            *beside,
            *([Span(clipped(off, self.width - 8, self.cut))] if worst.off_by else []),
        ]
        return chunked([Span("      ")], chunks if place else chunks[1:], self.width)

    def _inputs(self, evidence: Evidence) -> Iterator[Line]:
        prefix = "      with   "
        room = self.width - len(prefix)
        spans = [Span(clipped(self.code(text), room, self.cut)) for text in evidence.inputs[:40]]
        # With -v one below the other, else as many on a line as there is room for.
        rows: list[list[Span]] = [[]]
        for span in spans:
            used = Line(tuple(rows[-1])).width
            if rows[-1] and (self.verbosity > 0 or used + 3 + span.width > room):
                rows.append([])
            rows[-1] += [Span("   "), span] if rows[-1] else [span]
        for place, row in enumerate(rows):
            first = prefix if place == 0 else " " * len(prefix)
            yield Line((Span(first, "dim"), *row), 4)

    def _excerpt(self, excerpt: Excerpt | None) -> Iterator[Line]:
        """At most five lines, numbered, the marked one in the middle."""
        if excerpt is None or not excerpt.lines:
            return
        near = words.around(excerpt, excerpt.marked) or excerpt
        numbers = words.numbers(near)[:5]
        digits = max(len(number) for number in numbers)
        bar = "|" if self.ascii_only else "│"
        for offset, text in enumerate(near.lines[:5]):
            number = near.first_line + offset
            here = number == near.marked
            gutter = f"    {'>' if here else ' '} {numbers[offset]:>{digits}} {bar} "
            shown = clipped(self.code(text), self.width - len(gutter), self.cut)
            distance = abs(number - near.marked) if near.marked is not None else 1
            role: Role = "strong" if here else "plain"
            yield Line((Span(gutter, "bad" if here else "dim"), Span(shown, role)), 1 + distance)

    def _printed(self, output: Output) -> Iterator[Line]:
        yield Line((Span("    printed:", "strong"),))
        lines = output.head[:8_000].splitlines()
        for text in lines[:_PRINTED_LINES]:
            shown = clipped(self.code(text), self.width - 6, self.cut)
            yield Line((Span(f"      {shown}", "dim"),))
        if output.cut or output.tail or len(lines) > _PRINTED_LINES:
            yield Line((Span(f"      {self.cut} the rest is in the report", "dim"),))

    # A quiz.

    def quiz(self, quiz: Quiz, column: int) -> list[Line]:
        """One line, or more if an answer is wrong; the reasons of right ones with ``-v``."""
        state = words.quiz_state(quiz)
        calm = quiz.status in ("passed", "not_started")
        spans = self._named(state, quiz, column, self._standing_of_quiz(quiz))
        head = [Line(tuple(spans))] if calm else self._with_place(spans, quiz)
        if self.verbosity > 0:
            return [*head, *self._fault(quiz), *self._answers(quiz)]
        if calm:
            return head
        body = [*self._fault(quiz), *self._answers(quiz)]
        return fit([*head, *body], OPEN_LINES, lambda number: self._more(number, quiz))

    def _standing_of_quiz(self, quiz: Quiz) -> Span:
        if quiz.status == "passed":
            return Span(words.count(len(quiz.questions), "question"), "dim")
        if quiz.status in ("partial", "failed"):
            return Span(words.points(quiz.score, quiz.max_score))
        return Span(words.quiz_state(quiz).word, "dim" if quiz.status == "not_started" else "plain")

    def _answers(self, quiz: Quiz) -> Iterator[Line]:
        for place, question in enumerate(quiz.questions):
            wrong = question.status in words.FAILING_ANSWERS
            if wrong or self.verbosity > 0:
                yield from self._answer(question, rank=place if place < 5 else 5)
        left = words.open_questions(quiz)
        if left and quiz.status in ("partial", "failed"):
            verb = "is" if left == 1 else "are"
            yield Line((Span(f"    {words.count(left, 'question')} {verb} open", "dim"),), 6)

    def _answer(self, question: Answered, rank: int) -> Iterator[Line]:
        state = words.ANSWER_STATES[question.status]
        name = clipped(self.say(question.name, 200), _WIDEST_NAME, self.cut)
        said = f"   {self.say(question.yours, 60)}" if question.yours else ""
        room = self.width - 6 - Span(name).width
        yours = clipped(said, room // 2, self.cut) if said else ""
        room -= Span(yours).width
        seen = Span(f"   {self.say(question.message or state.word)}", "dim")
        beside = seen.width <= room
        if not beside:
            seen = Span(clipped(f"   {state.word}", room, self.cut), "dim")
        spans = (Span("    "), self.mark(state), Span(" "), Span(name), Span(yours, "yours"))
        yield Line((*spans, seen), rank)
        if not beside:
            yield from self.paragraph("      ", question.message, rank=rank)
        for reason in question.reasons:
            about = clipped(self.say(reason.about, 20), 8, self.cut)
            label = f"      {about}: " if about else "      "
            yield from self.paragraph(label, reason.text, rank=rank)

    # The last lines.

    def notice(self, result: Result) -> list[Line]:
        """What did not hold the learner's code, if anything."""
        said = words.isolation_notice(result.environment)
        return hanging([], self.say(said, 1_000), self.width, role="odd") if said else []

    def last(self, result: Result, report: str | None) -> list[Line]:
        """The summary, what comes next, and where the report is; broken between sentences."""
        points = words.points(result.score, result.max_score)
        role: Role = "good" if result.status == "passed" else "strong"
        headline = self.say(words.headline(result), 200)
        if self.verbosity >= 0:
            headline = clipped(headline, self.width - len(points) - 3, self.cut)
        sentences = [[Span(headline, role), Span(f", {points}.")]]
        withheld = words.withheld(result)
        if withheld:
            sentences.append([Span(withheld)])
        unjudged = words.not_judged(result)
        if unjudged:
            sentences.append([Span(unjudged, "odd")])
        place = words.next_part(result)
        if place is not None:
            name = clipped(self.say(words.parts(result)[place].name, 200), _WIDEST_NAME, self.cut)
            sentences.append([Span("Next: "), Span(name, "strong"), Span(".")])
        if report is not None:
            anchor = "" if place is None else f"#{words.anchors(result)[place]}"
            sentences.append([Span("Report: "), Span(f"{self.say(report, 1_000)}{anchor}", "link")])
        return self._sentences(sentences)

    def _sentences(self, sentences: list[list[Span]]) -> list[Line]:
        rows = [Line(tuple(sentences[0]))]
        for sentence in sentences[1:]:
            joined = Line((*rows[-1].spans, Span(" "), *sentence))
            if joined.width <= self.width or self.verbosity < 0:
                rows[-1] = joined
            elif len(sentence) == 1:
                rows += hanging([], sentence[0].text, self.width, role=sentence[0].role)
            else:
                rows.append(Line(tuple(sentence)))
        return rows
