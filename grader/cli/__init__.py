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
from grader.cli.contents import list_
from grader.cli.grading import check, demo
from grader.cli.guidance import explain, hint, solution
from grader.cli.practice import quiz, review
from grader.cli.study import init, reset
from grader.cli.watching import watch
from grader.cli.words import exit_code_of

SUMMARY = """Grades deep-learning exercises and says why.

\b
  dlgrade demo                 see a learner's mistakes recognised
  dlgrade init                 copy the exercises here
  dlgrade list                 the order of study, and what is next
  dlgrade check exercises/     grade your work
  dlgrade quiz                 answer questions, with reasons
  dlgrade review               what is due today, asked again
"""


@click.group(help=SUMMARY, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dlgrade")
def dlgrade() -> None:
    """The group of all commands."""


COMMANDS: Final = (
    demo,
    init,
    list_,
    watch,
    check,
    hint,
    explain,
    solution,
    reset,
    quiz,
    review,
    audit,
    schema,
)
"""In the order in which a learner meets them."""

for command in COMMANDS:
    dlgrade.add_command(command)


def main() -> NoReturn:
    """Runs the command and ends the process.

    Leaves without the interpreter's own clean-up once torch is loaded: that alone takes about half
    a second, and everything of ours is closed and written by then.
    """
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
