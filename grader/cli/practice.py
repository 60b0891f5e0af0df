"""``dlgrade quiz`` and ``dlgrade review``: questions on the terminal, one at a time."""

from __future__ import annotations

import contextlib
from collections import deque
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.asking import Key, Numbers, course_and_home, look_of, now, show, typed_answer
from grader.cli.completing import QUIZ
from grader.cli.options import COURSE
from grader.cli.recording import keep
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.course import Course, Entry
    from grader.home import Home
    from grader.quiz import Question
    from grader.quiz.sheet import Sheet


@click.command()
@click.argument("topic", required=False, shell_complete=QUIZ)
@click.option("--again", is_flag=True, help="Ask what is right already, too; it stays as it is.")
@COURSE
def quiz(topic: str | None, again: bool, directory: Path | None) -> None:
    """Answer a quiz here, with the reasons after each answer.

    TOPIC is a topic of the course; without one, the first that has open questions. Your answers
    are written into its quiz.toml; nothing else in that file changes.

    \b
    Example: dlgrade quiz normalization
      Asks its questions one at a time; a wrong one comes again at the end.
    Keys: Enter skips a question, q leaves, ? shows the keys.
    """
    course, home = course_and_home(directory)
    numbers = Numbers()
    paper = _chosen(course, home, topic, again, numbers)
    if paper is None:
        show(look_of().note("Every question of every quiz is answered right.", "good"))
        click.echo("Keep it so: dlgrade review. Ask one again: dlgrade quiz TOPIC --again")
        return
    paper.check_writable()
    round_ = _Round(paper, home, numbers, again)
    round_.run()
    _conclude(course, home, round_)


@click.command()
@click.option("--list", "listed", is_flag=True, help="Show what is due when, and ask nothing.")
@COURSE
def review(listed: bool, directory: Path | None) -> None:
    """Answer again what is due today, before you forget it.

    Asked are questions of quizzes that you have answered, and mistakes that you made. What you knew
    well comes back late, what you did not soon (spaced repetition). Your quiz.toml files are not
    changed.

    \b
    Example: dlgrade review
      Asks what is due today, or says when something will be.
    Keys: Enter skips a question, q leaves, ? shows the keys.
    It needs: pip install 'dlgrade[review]'
    """
    from grader import review as cards

    cards.require()
    course, home = course_and_home(directory)
    from grader.cli.sitting import Sitting

    session = Sitting(home, cards.items(course, home.folder), Numbers())
    if listed:
        session.show_all()
    else:
        session.run()


def _chosen(
    course: Course, home: Home, topic: str | None, again: bool, numbers: Numbers
) -> Sheet | None:
    """The quiz that was named, or the first with something to do; None if there is nothing."""
    from grader.quiz.sheet import sheet

    if topic is not None:
        return sheet(_entry(course, topic), home.folder)
    papers = [sheet(entry, home.folder) for entry in course.quizzes]
    if not papers:
        raise UsageError("this course has no quiz")
    for paper in papers:
        if paper.open() or again:
            return paper
    return next((paper for paper in papers if _left(paper, numbers)), None)


def _entry(course: Course, topic: str) -> Entry:
    word = topic.strip("/")
    for entry in course.quizzes:
        if word in (entry.topic, entry.label):
            return entry
    found = course.select([word])
    topics = dict.fromkeys(entry.topic for entry in found)
    of_found = [entry.topic for entry in course.quizzes if entry.topic in topics]
    if not of_found:
        raise UsageError(f"{topic} has no quiz")
    raise UsageError(f"{topic} is no topic; run: dlgrade quiz {of_found[0]}")


def _left(paper: Sheet, numbers: Numbers) -> list[Question]:
    """The questions that are answered, and not right."""
    open_ = paper.open()
    return [
        question
        for question in paper.quiz.questions
        if question not in open_ and not _is_right(paper, question, numbers)
    ]


def _is_right(paper: Sheet, question: Question, numbers: Numbers) -> bool:
    return paper.judged(question, lambda one: numbers.of(paper, one)).status == "right"


@dataclass
class _Round:
    """One time through a quiz: what is open, then what is wrong, and what goes wrong once more."""

    paper: Sheet
    home: Home
    numbers: Numbers
    again: bool
    asked: int = 0
    given: int = 0

    def run(self) -> None:
        """Asks until nothing is left, or the learner leaves."""
        questions = self.paper.quiz.questions
        open_ = self.paper.open()
        self._head(len(open_))
        answered = [question for question in questions if question not in open_]
        queue = deque(questions if self.again else [*open_, *answered])
        repeated: set[str] = set()
        while queue:
            question = queue.popleft()
            known = question not in open_ and question.id not in repeated
            if known and not self.again and self._right(question):
                continue
            status = self._ask(question, question.id in repeated)
            if status is Key.LEAVE:
                return
            if status == "wrong":
                repeated.add(question.id)
                queue.append(question)

    def _head(self, open_: int) -> None:
        from grader.writers.words import count

        quiz_, look = self.paper.quiz, look_of()
        show(look.title(quiz_.title, quiz_.topic))
        total = count(len(quiz_.questions), "question")
        show(look.note(f"{total}, {open_} open. Enter skips, q leaves, ? helps."))

    def _right(self, question: Question) -> bool:
        return _is_right(self.paper, question, self.numbers)

    def _ask(self, question: Question, repeated: bool) -> str | Key:
        """Asks a question; an answer that is right already stays as it stands."""
        from grader.quiz.sheet import replied, unanswered

        look, asked = look_of(), unanswered(question)
        questions = self.paper.quiz.questions
        place = f"question {questions.index(question) + 1} of {len(questions)}"
        show()
        show(look.question(asked, place + (", again" if repeated else "")))
        if any(each.compute for each in questions):
            self.numbers.prepare()
        self.asked += 1
        value = typed_answer(asked, question, look)
        if isinstance(value, Key):
            return value
        compute = partial(self.numbers.of, self.paper)
        if self.again and self._right(question):
            record = replied(question, value, compute)
        else:
            self.paper.answer(question, value)
            record = self.paper.judged(question, compute)
        self._count(question)
        show(look.verdict(record))
        if record.status == "wrong":
            show(look.note("It comes again.", margin=2))
        return record.status

    def _count(self, question: Question) -> None:
        from grader import review as cards

        self.given += 1
        label = cards.label_of(self.paper.entry, question)
        due = now() + cards.FIRST
        keep(self.home.folder, lambda progress: cards.begun(progress, [label], due))


def _conclude(course: Course, home: Home, round_: _Round) -> None:
    """How the quiz stands after a round, and what comes next."""
    from grader.progress import digest
    from grader.study import learnt
    from grader.writers import practice, words

    look = look_of()
    show()
    paper = round_.paper
    if not round_.asked:
        again = f"dlgrade quiz {paper.quiz.topic} --again"
        show(look.note(f"Every answer is right already. Ask them again: {again}", "good"))
        return
    if not round_.given:
        show(look.note("Nothing was answered, so nothing was written."))
        return
    record, source = paper.graded(partial(round_.numbers.of, paper))
    text = digest(source)
    keep(
        home.folder,
        lambda known: known.with_(record.label, learnt(known.of(record.label), record, text)),
    )
    right = sum(question.status == "right" for question in record.questions)
    total = len(record.questions)
    line = practice.standing(right, total, record.score, record.max_score)
    show(look.note(line, "good" if right == total else "strong"))
    open_, wrong = words.open_questions(record), len(words.failing_answers(record))
    if open_ or wrong:
        left = f"{open_} open, {wrong} wrong. Go on: dlgrade quiz {record.topic}"
        show(look.note(left, "plain"))
        return
    later = _next_topic(course, home)
    show(look.note(f"Next: dlgrade {f'quiz {later}' if later else 'review'}", "plain"))


def _next_topic(course: Course, home: Home) -> str | None:
    from grader.quiz.sheet import sheet

    for entry in course.quizzes:
        # A file that cannot be read is said when it is its turn.
        with contextlib.suppress(UsageError):
            if sheet(entry, home.folder).open():
                return entry.topic
    return None
