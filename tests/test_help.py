"""What `--help` and README.md say of the commands is true of them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest

from grader.cli import SECTIONS, dlgrade
from grader.course import find

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"^  Example: (dlgrade .+)\n    (\S.*)$", re.M)

COMMANDS = pytest.mark.parametrize("name", list(dlgrade.commands))


def help_of(name: str) -> str:
    """The help of a command on a terminal of 80 columns."""
    command = dlgrade.commands[name]
    parent = click.Context(dlgrade, info_name="dlgrade")
    return command.get_help(
        click.Context(command, info_name=name, parent=parent, terminal_width=80)
    )


def parsed(line: str) -> dict[str, Any]:
    """What click makes of a command line; what a shell would redirect is left out."""
    words = shlex.split(re.split(r"\s>{1,2}\s", line)[0], comments=True)
    assert Path(words[0]).name == "dlgrade"
    return dlgrade.commands[words[1]].make_context(words[1], words[2:]).params


@COMMANDS
def test_every_command_has_an_example_that_is_one(name: str) -> None:
    """It names the command, click can parse it, and what comes of it is said in words."""
    found = EXAMPLE.search(help_of(name))
    assert found is not None
    assert found[1].split()[1] == name
    parsed(found[1])
    assert found[2].endswith(".")


def test_the_group_has_an_example_too() -> None:
    """Who runs `dlgrade --help` is told where to begin."""
    found = EXAMPLE.search(dlgrade.get_help(click.Context(dlgrade, info_name="dlgrade")))
    assert found is not None
    assert found[1] == "dlgrade demo"


@COMMANDS
def test_help_fits_in_80_columns(name: str) -> None:
    """Examples, which are not wrapped, as well."""
    assert [line for line in help_of(name).splitlines() if len(line) > 80] == []


@COMMANDS
def test_every_parameter_is_explained(name: str) -> None:
    """An argument is named in the text, an option has a line of its own."""
    command = dlgrade.commands[name]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.hidden or parameter.help, parameter.name
        else:
            called = re.findall(r"[A-Z]+", parameter.metavar or str(parameter.name).upper())
            assert all(re.search(rf"\b{word}\b", command.help or "") for word in called)


@COMMANDS
def test_help_begins_with_a_sentence(name: str) -> None:
    """One line that ends with a full stop, then a paragraph of what matters."""
    first, second, *_ = (dlgrade.commands[name].help or "").split("\n\n")
    assert first.endswith(".")
    assert "\n" not in first
    assert not second.lstrip("\b\n").startswith("Example")


def test_the_sections_hold_every_command_once() -> None:
    """In the order in which they are listed, and none is cut off at 80 columns."""
    listed = [command.name for commands in SECTIONS.values() for command in commands]
    assert listed == list(dlgrade.commands)
    shown = dlgrade.get_help(click.Context(dlgrade, info_name="dlgrade", terminal_width=80))
    assert re.findall(r"^  (\w+)  +[A-Z].*\.$", shown, re.M) == listed
    assert all(f"\n{heading}:\n" in shown for heading in SECTIONS)
    assert "..." not in shown.partition("Options:")[2]


def row(name: str, command: click.Command) -> str:
    """The line of README's table for a command."""
    pieces = command.collect_usage_pieces(click.Context(command, info_name=name))
    usage = " ".join(["dlgrade", name, *pieces]).replace(" [OPTIONS]", "")
    return f"| `{usage}` | {command.get_short_help_str(200).rstrip('.')} |"


def test_the_table_of_readme_is_the_real_one() -> None:
    """Every command as it is used, with the first sentence of its help."""
    table = README.partition("<!-- commands -->\n")[2].partition("\n\n")[0].splitlines()
    assert table[2:] == [row(name, command) for name, command in dlgrade.commands.items()]


def test_the_commands_of_readme_parse() -> None:
    """In blocks and in sentences: whoever copies one gets past click."""
    blocks = re.findall(r"^```sh\n(.*?)^```", README, re.M | re.S)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`(dlgrade [a-z][^`]*)`", README)
    commands = [line for line in lines if line.startswith("dlgrade ") and "--help" not in line]
    assert len(commands) > 15
    for line in commands:
        if not re.search(r"[A-Z\[]{2}|\[", line):
            parsed(line)


def test_readme_counts_what_the_course_has() -> None:
    """Exercises and quizzes of the bundled course."""
    course = find()
    number = {8: "eight"}.get(len(course.topics), str(len(course.topics)))
    said = f"{len(course.entries)} exercises and {len(course.quizzes)} quizzes in {number} topics"
    assert said in " ".join(README.split())


def test_the_links_of_readme_lead_somewhere() -> None:
    """Files and headings of this repository; every picture has words and a dark twin."""
    headings = {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        for title in re.findall(r"^#+ (.+)$", README, re.M)
    }
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert target.lstrip("#") in headings if target[0] == "#" else (ROOT / target).is_file()
    pictures = re.findall(r'srcset="(.*?)">\s*<img src="(.*?)" width="\d+" alt="(.*?)">', README)
    assert len(pictures) == README.count("<picture>") > 0
    for target in re.findall(r'srcset="(.*?)"', README):
        assert (ROOT / target).is_file()
    for dark, light, words in pictures:
        assert (ROOT / light).is_file()
        assert dark == light.replace("-light.", "-dark.")
        assert len(words) > 40
