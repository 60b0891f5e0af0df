"""`dlgrade --help`: the commands under what one is about to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

_WHOLE: Final = 200
"""Characters of a command's first sentence: all of it, for a narrow terminal wraps it."""


class Sections(click.Group):
    """A group whose help lists its commands in sections.

    Args:
        sections: heading → its commands, in the order in which somebody meets them.
    """

    def __init__(
        self, *arguments: Any, sections: Mapping[str, Sequence[click.Command]], **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self.sections = sections
        for commands in sections.values():
            for command in commands:
                self.add_command(command)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the sections, for the shell too."""
        return list(self.commands)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        """What click offers, with the whole first sentence beside each command."""
        items = super().shell_complete(ctx, incomplete)
        for item in items:
            if item.value in self.commands:
                item.help = self.commands[item.value].get_short_help_str(_WHOLE)
        return items

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes each section; the names stand below each other throughout."""
        widest = max(map(len, self.commands), default=0)
        for heading, commands in self.sections.items():
            rows = [
                (f"{command.name:<{widest}}", command.get_short_help_str(_WHOLE))
                for command in commands
            ]
            with formatter.section(heading):
                formatter.write_dl(rows)
