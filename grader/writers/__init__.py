"""What the user sees: each writer is a pure function of a `grader.result.Result`."""

from grader.writers.html import render as render_html
from grader.writers.terminal import render as render_terminal

__all__ = ["render_html", "render_terminal"]
