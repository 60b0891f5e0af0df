"""Turning exceptions into words and exit codes: 0 passes, 1 fails, 2 usage, 3 the grader failed."""

from __future__ import annotations

import errno
import sys
import traceback
from collections.abc import Callable
from typing import Any, Final

import click

from grader.errors import DlgradeError, UsageError

PASSED: Final = 0
FAILED: Final = 1
USAGE: Final = 2
GRADER_FAILED: Final = 3
INTERRUPTED: Final = 130
TRACEBACK_FRAMES: Final = -4

# Windows has no quotas.
_FULL: Final = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG)


def exit_code_of(command: Callable[[], Any]) -> int:
    """Runs a command; says what went wrong in words; returns the exit code.

    A command returns its exit code, or None for 0.
    """
    try:
        return command() or PASSED
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except UsageError as error:
        click.echo(f"dlgrade: {error}", err=True)
        return USAGE
    except DlgradeError as error:
        click.echo(f"dlgrade: {error}", err=True)
        return GRADER_FAILED
    except (KeyboardInterrupt, click.Abort):
        click.echo("dlgrade: interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        return PASSED
    except OSError as error:
        if error.errno not in _FULL:
            return _fault()
        where = f"{error.filename}: " if error.filename else ""
        click.echo(
            f"dlgrade: {where}{error.strerror}, so not all could be written; make room, or write "
            "elsewhere, and run the command again",
            err=True,
        )
        return GRADER_FAILED
    except Exception:
        return _fault()


def _fault() -> int:
    """Shows the end of the traceback of what is being handled: nobody foresaw it."""
    kind, error_, trace = sys.exc_info()
    lines = traceback.format_exception(kind, error_, trace, limit=TRACEBACK_FRAMES)
    click.echo("".join(lines), err=True, nl=False)
    click.echo(
        "dlgrade: this is a fault of the grader, not of your work. Please report it with the "
        "lines above and the command that you ran.",
        err=True,
    )
    return GRADER_FAILED
