"""One sitting of `dlgrade review`."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, cast

import click

from grader.cli.asking import Key, Numbers, key_of, look_of, now, show, typed_answer
from grader.cli.prompt import ask
from grader.cli.recording import change

if TYPE_CHECKING:
    from grader.home import Home
    from grader.progress import Progress
    from grader.quiz import Question
    from grader.quiz.sheet import Sheet
    from grader.review import Item, Rating
    from grader.writers.practice import Look

AGAIN: Final = ", again"
RATINGS: Final = (
    ("1", "not at all: ask again soon"),
    ("2", "with effort, or in part"),
    ("3", "well"),
    ("4", "at once"),
)


@dataclass
class Sitting:
    """One sitting: what is due today, and what went wrong once more."""

    home: Home
    found: dict[str, Item]
    numbers: Numbers
    remembered: int = 0

    def run(self) -> None:
        """Asks until nothing is left, or the learner leaves."""
        from grader import review as cards
        from grader.quiz.sheet import check_kept

        check_kept(self.home.folder)
        progress_ = change(self.home.folder, self._begun())
        due = cards.due(progress_, self.found, now())
        if not due:
            self._nothing_due(progress_)
            return
        show(look_of().title(f"{len(due)} due today", "review"))
        show(look_of().note("Enter skips, q leaves, ? helps."))
        queue = deque((item, f"{place} of {len(due)}") for place, item in enumerate(due, 1))
        asked: set[str] = set()
        while queue:
            item, place = queue.popleft()
            rating = self._ask(item, place)
            if rating is Key.LEAVE:
                break
            if isinstance(rating, int):
                self.remembered += rating != cards.AGAIN and item.label not in asked
                asked.add(item.label)
                self._rate(item, rating)
            if rating == cards.AGAIN:
                queue.append((item, f"{place.removesuffix(AGAIN)}{AGAIN}"))
        self._conclude(len(asked))

    def show_all(self) -> None:
        """What is due when; asks and writes nothing."""
        from grader import progress as kept
        from grader import review as cards
        from grader.writers.practice import when
        from grader.writers.quiz_page import gist

        progress_ = self._begun()(kept.read(self.home.folder))
        moment = now()
        rows = [
            (
                "today" if progress_.cards[item.label].is_due(moment) else when(due, moment),
                f"{item.entry.topic}: "
                + (gist(item.question.asks) if item.question else f"mistakes in {item.entry.name}"),
            )
            for due, item in cards.coming(progress_, self.found)
        ]
        if rows:
            show(look_of().table(rows))
        else:
            self._nothing_due(progress_)

    def _begun(self) -> Callable[[Progress], Progress]:
        """Gives a card to what was answered, or overcome, and has none."""
        from grader import review as cards

        answered, faults = cards.answered(self.found)
        for fault in faults:
            click.echo(f"dlgrade: left out: {fault}", err=True)
        return lambda progress: cards.begun(
            progress, [*answered, *cards.overcome(progress, self.found)], now()
        )

    def _nothing_due(self, progress_: Progress) -> None:
        look, line = look_of(), self._next(progress_)
        if not line:
            show(look.note("There is nothing to review yet.", "strong"))
            text = (
                "Answer questions (dlgrade quiz), and pass exercises in which a mistake of yours "
                "was recognised (dlgrade check); they are asked again here."
            )
            show(look.note(text, "plain"))
            return
        show(look.note(f"Nothing is due today. {line}", "strong"))
        show(look.note("All of it: dlgrade review --list", "plain"))

    def _next(self, progress_: Progress) -> str:
        """When something is due next, and how much; empty if nothing ever is."""
        from grader import review as cards
        from grader.writers.practice import when

        moment = now()
        times = [when(due, moment) for due, _ in cards.coming(progress_, self.found)]
        if not times:
            return ""
        number = times.count(times[0])
        return f"{number} still due." if times[0] == "now" else f"Next: {number} {times[0]}."

    def _ask(self, item: Item, place: str) -> Rating | Key:
        show()
        if item.question is None:
            return self._recall(item, place)
        return self._question(item, item.question, place)

    def _question(self, item: Item, question: Question, place: str) -> Rating | Key:
        """Asks a question afresh; what stands in the learner's file is not looked at."""
        from grader import review as cards
        from grader.quiz.sheet import replied, unanswered

        look, asked, paper = look_of(), unanswered(question), cast("Sheet", item.sheet)
        show(look.question(asked, f"{place}, {item.entry.topic}"))
        if question.compute:
            self.numbers.prepare()
        value = typed_answer(asked, question, look)
        if isinstance(value, Key):
            return value
        record = replied(question, value, partial(self.numbers.of, paper))
        show(look.verdict(record))
        return cards.GOOD if record.status == "right" else cards.AGAIN

    def _recall(self, item: Item, place: str) -> Rating | Key:
        """Asks for the mistakes that were made in an exercise; the learner judges the memory."""
        from grader import progress as kept
        from grader import review as cards

        look, progress_ = look_of(), kept.read(self.home.folder)
        times = list(cards.made(item, progress_).values())
        entry = item.entry
        head = f"{place}, {entry.label}"
        show(look.recall(entry.title, entry.asks, times, head))
        self.numbers.prepare()
        line: str | None = "?"
        while line == "?":
            line = ask("Recall it, then press Enter > ")
            if line == "?":
                show(look.keys())
        if key_of(line) is Key.LEAVE:
            return Key.LEAVE
        self.numbers.wait()
        told = [(one.title, one.hint, number) for one, number in cards.mistakes(item, progress_)]
        if not told:
            show(look.note("The course has changed and no longer knows it."))
            return Key.SKIP
        show(look.mistakes(told))
        return _rating(look)

    def _rate(self, item: Item, rating: Rating) -> None:
        from grader import progress as kept
        from grader import review as cards
        from grader.writers.practice import when

        moment = now()

        def rate(progress_: Progress) -> Progress:
            card = cards.rated(progress_.cards[item.label], rating, moment)
            return cards.with_card(progress_, item.label, card)

        after = kept.change(self.home.folder, rate).cards[item.label]
        again = rating == cards.AGAIN
        assert after.time is not None
        said = "It comes again." if again else f"Asked again {when(after.time, moment)}."
        show(look_of().note(said, margin=2))

    def _conclude(self, asked: int) -> None:
        from grader import progress as kept

        look = look_of()
        show()
        line = self._next(kept.read(self.home.folder))
        said = f"{self.remembered} of {asked} remembered. " if asked else "Nothing was answered. "
        show(look.note(said + line, "strong"))


def _rating(look: Look) -> Rating | Key:
    """How well the learner remembered, by their own account."""
    show(look.note("How well did you recall it?", "plain"))
    show(look.choices(RATINGS))
    while True:
        line = ask("1 to 4 > ")
        key = key_of(line)
        if key is not None:
            return key
        if line in ("1", "2", "3", "4"):
            return cast("Rating", int(line))
        show(look.keys() if line == "?" else look.note("Type 1, 2, 3 or 4."))
