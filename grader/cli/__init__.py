"""The ``dlgrade`` command: the only place that prints, exits and reads the environment.

Commands import what they need when they run: ``dlgrade --help`` does not import torch.
"""

from __future__ import annotations

import os
import sys
from typing import Final, NoReturn

import click

from grader import __version__
from grader.cli.author import audit, schema
from grader.cli.cohort import cohort, regrade
from grader.cli.completing import answer, asked, completion
from grader.cli.contents import list_
from grader.cli.exporting import export
from grader.cli.grading import check, demo, report
from grader.cli.guidance import explain, hint, solution
from grader.cli.practice import quiz, review
from grader.cli.sections import Sections
from grader.cli.study import init, reset
from grader.cli.watching import sits_in_home, watch
from grader.cli.words import exit_code_of

SUMMARY: Final = """Grades deep-learning exercises and says why.

You fill in functions; dlgrade runs them beside a reference, says what is right, what is wrong and
which mistake it looks like. `dlgrade COMMAND --help` explains a command and shows an example.

\b
Example: dlgrade demo
  Grades a learner who made classical mistakes, and says which they are.
"""

SECTIONS: Final = {
    "Begin": (demo, init, completion),
    "Study": (list_, watch, check, quiz, review),
    "When you are stuck": (hint, explain, solution, reset),
    "For instructors": (cohort, regrade, report, export),
    "For authors of courses": (audit, schema),
}
"""The commands, in the order in which a learner meets them."""


class _Commands(Sections):
    """The commands; without a word it is ``watch``, where a learner sits in their folder."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and sits_in_home():
            args = ["watch"]
        return super().parse_args(ctx, args)


@click.group(
    cls=_Commands,
    sections=SECTIONS,
    help=SUMMARY,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="dlgrade")
def dlgrade() -> None:
    """The group of all commands."""


def main() -> NoReturn:
    """Runs the command and ends the process.

    Leaves without the interpreter's own clean-up once torch is loaded: that alone takes about half
    a second, and everything of ours is closed and written by then.
    """
    if asked():
        sys.exit(answer(dlgrade, asked()))
    code = exit_code_of(lambda: dlgrade.main(prog_name="dlgrade", standalone_mode=False))
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        # Whoever read our output (head, less) has gone; there is nobody left to tell.
        os._exit(code)
    if "torch" in sys.modules:
        os._exit(code)
    sys.exit(code)
