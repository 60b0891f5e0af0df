"""What `dlgrade export` writes: which files, with what in them, and what it refuses."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from grader import __version__
from grader.cli import dlgrade
from grader.course import Course, find
from grader.errors import UsageError
from grader.exporting import TARGETS, deliver, pack, required
from grader.exporting.requirement import DEFAULT

ROOT = Path(__file__).parents[2]
OPEN = [name for name, target in TARGETS.items() if not target.closed]
CHOICE = "${DLGRADE_ISOLATION:-strict}"
EVERY = pytest.mark.parametrize("name", list(TARGETS))


def export(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs the command as somebody would."""
    command = [sys.executable, "-c", "from grader.cli import main; main()", "export", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


def put(name: str, course: Course, out: Path, *only: str, own: bool = True) -> Path:
    """Exports a course to a folder or, for an archive, unpacks it there."""
    target = TARGETS[name]
    files = pack(target, course, required(), only, own=own)
    if target.is_archive:
        deliver(target, files, out.with_suffix(".zip"))
        shutil.unpack_archive(out.with_suffix(".zip"), out)
    else:
        deliver(target, files, out)
    return out


def wheel(folder: Path, name: str = "dlgrade-9.9-py3-none-any.whl") -> Path:
    """A wheel, as far as its name and its being a zip go."""
    with zipfile.ZipFile(folder / name, "w") as archive:
        archive.writestr("grader/__init__.py", "")
    return folder / name


@EVERY
def test_a_first_export_says_what_to_do_next(
    name: str, course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where it is, what to do with it, and how dlgrade gets there."""
    out = tmp_path / f"there{'.zip' if TARGETS[name].is_archive else ''}"
    words = ["export", name, "--out", str(out), "--course", str(course.exercises.parent)]
    dlgrade.main(words, standalone_mode=False)
    said = capsys.readouterr().out
    assert said.startswith(f"Wrote {out}: {TARGETS[name].summary}.\n")
    assert str(out) in said.splitlines()[1]
    assert f"It installs {DEFAULT}. If pip does not find that" in said
    assert ("students too, can read them" in said) == (not TARGETS[name].closed)
    assert out.exists()


@EVERY
def test_the_pins_come_along(name: str, course: Course, tmp_path: Path) -> None:
    """Every export installs the versions that dlgrade is tested with."""
    kit = put(name, course, tmp_path / "out") / TARGETS[name].kit
    assert (kit / "constraints.txt").read_bytes() == (ROOT / "constraints.txt").read_bytes()
    assert (kit / "requirements.txt").read_text() == f"dlgrade=={__version__}\n"


@EVERY
def test_no_placeholder_is_left(name: str, course: Course, tmp_path: Path) -> None:
    """With names and without."""
    for number, only in enumerate([(), ("double",)]):
        out = put(name, course, tmp_path / str(number), *only)
        made = [out / part.place for part in TARGETS[name].parts]
        assert [path for path in made if re.search(r"@[A-Z_]+@", path.read_text())] == []


@EVERY
def test_every_command_in_it_is_one_that_dlgrade_has(
    name: str, course: Course, tmp_path: Path
) -> None:
    """Click parses each call of `dlgrade check`, names and course included."""
    out = put(name, course, tmp_path / "out", "double")
    found = 0
    for part in TARGETS[name].parts:
        text = (out / part.place).read_text().replace("\\\n", " ").replace(CHOICE, "strict")
        for line in re.findall(r"dlgrade\"? (check .*)", re.sub(r"^\s*#.*", "", text, flags=re.M)):
            words = shlex.split(line)[1:]
            given = dlgrade.commands["check"].make_context("check", words).params
            assert given["only"] == ("arithmetic/double",)
            found += 1
    assert found or name == "classroom50"


@pytest.mark.parametrize("name", OPEN)
def test_the_bundled_course_stays_at_home_where_students_could_read_it(
    name: str, course: Course, tmp_path: Path
) -> None:
    """What is installed with dlgrade need not lie in a student's repository as well."""
    out = put(name, course, tmp_path / "out", own=False)
    assert [path for path in out.rglob("*") if path.name in ("solutions", "course")] == []
    assert "--course" not in "".join(
        (out / part.place).read_text() for part in TARGETS[name].parts if name != "classroom50"
    )


@EVERY
def test_a_course_of_ones_own_comes_along_whole(name: str, course: Course, tmp_path: Path) -> None:
    """Both sides; nothing that editors and Python leave behind."""
    there = find(put(name, course, tmp_path / "out") / TARGETS[name].course)
    assert [e.label for e in there.whole] == [e.label for e in course.whole]
    assert (there.exercises / "arithmetic" / "README.md").is_file()
    left = {".hidden", "__pycache__"}
    assert [path for path in there.exercises.rglob("*") if path.name in left] == []


def test_a_link_to_a_folder_is_refused(course: Course, tmp_path: Path) -> None:
    """It would be missing in the export."""
    (course.solutions / "linked").symlink_to(tmp_path)
    with pytest.raises(UsageError, match="linked is a link to a folder; put the folder itself"):
        pack(TARGETS["docker"], course, required())


def test_a_name_that_a_shell_would_read_is_refused(course: Course) -> None:
    """Names of files are written into shell, YAML and Dockerfiles."""
    for side in (course.exercises, course.solutions):
        shutil.copyfile(side / "arithmetic" / "double.py", side / "second" / "a$(id).py")
    with pytest.raises(UsageError, match="has a character in its name that not every shell"):
        pack(TARGETS["github"], find(course.exercises.parent), required(), ["second"])


def test_a_due_date_is_written_down(course: Course, tmp_path: Path) -> None:
    """With its zone, for the machine that grades may be in another."""
    words = ["export", "docker", "--due", "2027-01-31T18:00+01:00", "--out", str(tmp_path / "out")]
    dlgrade.main(words, standalone_mode=False)
    steps = dict(instructions((tmp_path / "out" / "Dockerfile").read_text()))
    command = json.loads(steps["CMD"])
    given = dlgrade.commands["check"].make_context("check", command[1:]).params
    assert given["due"].isoformat() == "2027-01-31T18:00:00+01:00"


def test_an_unknown_name_is_refused(course: Course) -> None:
    """With one that is near."""
    with pytest.raises(UsageError, match="did you mean 'double'"):
        pack(TARGETS["github"], course, required(), ["doubel"])


def test_the_same_course_gives_the_same_zip(course: Course, tmp_path: Path) -> None:
    """Who uploads it again can see whether it changed; programmes are marked as such."""
    files = pack(TARGETS["gradescope"], course, required())
    for name in ("a.zip", "b.zip"):
        deliver(TARGETS["gradescope"], files, tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
    assert {name for name, mode in modes.items() if mode == 0o755} == {"setup.sh", "run_autograder"}
    assert "course/solutions/arithmetic/double.py" in modes


def test_a_wheel_is_copied_along(course: Course, tmp_path: Path) -> None:
    """And asked for by its path from where pip is run."""
    made = wheel(tmp_path)
    files = pack(TARGETS["docker"], course, required(str(made)))
    assert files["kit/requirements.txt"].data == b"./dlgrade-9.9-py3-none-any.whl\n"
    assert files[f"kit/{made.name}"].data == made.read_bytes()


@pytest.mark.parametrize(
    "words", ["dlgrade>=0.1,<2", "dlgrade @ https://example.org/d.whl", "git+https://e.org/d@v1"]
)
def test_a_requirement_is_written_down(words: str) -> None:
    """As it is."""
    assert required(words).line == words


def test_an_index_is_written_down_with_it(course: Course) -> None:
    """Pip reads it from requirements.txt, and what is no address is refused."""
    files = pack(TARGETS["docker"], course, required(index="https://index.example/simple"), ())
    (text,) = [file.data for place, file in files.items() if place.endswith("requirements.txt")]

    assert text.decode().splitlines()[0] == "--extra-index-url https://index.example/simple"
    with pytest.raises(UsageError, match="is no address of an index"):
        required(index="--no-deps")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("requests", "'requests' does not name dlgrade"),
        ("--index-url=https://e.org", "does not name dlgrade"),
        ("dlgrade\n--pre", "does not name dlgrade"),
        ("", "is a folder"),
        (".", "is a folder, which cannot be copied along; make one with: pip wheel"),
        ("gone/dlgrade-1-py3-none-any.whl", "there is no wheel gone"),
        ("other-1-py3-none-any.whl", "is not a wheel of dlgrade"),
        ("dlgrade-1-py3-none-any.whl", "is not a wheel of dlgrade"),
    ],
)
def test_what_is_no_requirement_is_refused(
    words: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what to write instead."""
    monkeypatch.chdir(tmp_path)
    wheel(tmp_path, "other-1-py3-none-any.whl")
    (tmp_path / "dlgrade-1-py3-none-any.whl").write_text("no zip")
    with pytest.raises(UsageError, match=re.escape(said)):
        required(words)


def test_nothing_is_replaced_unasked(course: Course, tmp_path: Path) -> None:
    """The same again is fine; something else needs a word."""
    out, target = tmp_path / "out", TARGETS["gitlab"]
    files = pack(target, course, required())
    for _ in range(2):
        deliver(target, files, out)
    (out / ".gitlab-ci.yml").write_text("mine: {}\n")
    with pytest.raises(UsageError, match=r"\.gitlab-ci\.yml would be replaced; name another"):
        deliver(target, files, out)
    assert (out / ".gitlab-ci.yml").read_text() == "mine: {}\n"
    deliver(target, files, out, force=True)
    assert "dlgrade:" in (out / ".gitlab-ci.yml").read_text()


def test_no_solution_of_before_stays_behind(course: Course, tmp_path: Path) -> None:
    """Not even with --force: what it is must be looked at."""
    out, target = tmp_path / "out", TARGETS["docker"]
    put("docker", course, out)
    (out / "course" / "solutions" / "old.py").write_text("")
    with pytest.raises(UsageError, match=r"old\.py would be left over from before; remove "):
        deliver(target, pack(target, course, required()), out, force=True)


def test_what_cannot_be_written_is_said(course: Course, tmp_path: Path) -> None:
    """A file where a folder must be, a folder where a file must be, no folder at all."""
    files = pack(TARGETS["docker"], course, required())
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "Dockerfile").mkdir()
    with pytest.raises(UsageError, match="Dockerfile is a folder, but a file must go there"):
        deliver(TARGETS["docker"], files, tmp_path / "out")
    (tmp_path / "file").write_text("")
    done = export("docker", "--out", "file/x", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be made: Not a directory" in done.stderr
    done = export("gradescope", "--out", "gone/a.zip", cwd=tmp_path)
    assert (done.returncode, "there is no folder" in done.stderr) == (2, True)


def test_it_does_not_import_torch(tmp_path: Path) -> None:
    """Nothing is graded here."""
    script = (
        "import sys\nfrom grader.cli import dlgrade\n"
        "dlgrade.main(['export', 'github'], standalone_mode=False)\n"
        "print('heavy:', sorted({'torch', 'numpy', 'jinja2'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("heavy: []\n")


def test_a_question_has_an_editor_for_each_exercise(course: Course, tmp_path: Path) -> None:
    """With its stub; a quiz has none, and is not asked for either."""
    out = put("prairielearn", course, tmp_path / "out", "arithmetic")
    info = json.loads((out / "info.json").read_text())
    assert info["externalGradingOptions"]["enableNetworking"] is False
    assert info["externalGradingOptions"]["timeout"] <= 600
    page = (out / "question.html").read_text()
    assert re.findall(r'source-file-name="(.*?)" directory="(.*?)"', page) == [
        ("double.py", "stubs")
    ]
    stub = (course.exercises / "arithmetic" / "double.py").read_bytes()
    assert (out / "stubs" / "double.py").read_bytes() == stub
    assert "--only arithmetic/double " in (out / "image" / "grade").read_text()
    assert "arithmetic/quiz" not in (out / "image" / "grade").read_text()
    again = put("prairielearn", course, tmp_path / "again", "arithmetic")
    assert json.loads((again / "info.json").read_text())["uuid"] == info["uuid"]


def test_a_question_of_quizzes_alone_is_refused(course: Course) -> None:
    """There would be nothing to write in."""
    with pytest.raises(UsageError, match="prairielearn needs an exercise that is code"):
        pack(TARGETS["prairielearn"], course, required(), ["quiz"])


def test_a_title_is_text(course: Course, tmp_path: Path) -> None:
    """Neither HTML nor Mustache, which question.html is."""
    for side in (course.exercises, course.solutions):
        path = side / "arithmetic" / "double.py"
        path.write_text('"""<script>{{params}} & more."""\n' + path.read_text())
    page = put("prairielearn", find(course.exercises.parent), tmp_path / "out", "double")
    text = (page / "question.html").read_text()
    assert "&lt;script&gt;&#123;&#123;params&#125;&#125; &amp; more" in text
    assert "<script" not in text
    assert "{{" not in text


@pytest.mark.parametrize(
    ("name", "schema", "transform"),
    [
        (".github/workflows/dlgrade.yml", "vendor.github-workflows", []),
        (".github/actions/dlgrade/action.yml", "vendor.github-actions", []),
        (".gitlab-ci.yml", "vendor.gitlab-ci", ["--data-transform", "gitlab-ci"]),
    ],
)
def test_yaml_is_what_its_reader_takes(
    name: str, schema: str, transform: list[str], course: Course, tmp_path: Path
) -> None:
    """By the schemas that GitHub and GitLab go by."""
    for target in ("github", "gitlab"):
        put(target, course, tmp_path / "out")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *transform]
    done = subprocess.run([*command, str(tmp_path / "out" / name)], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "ok -- validation done")


def test_a_workflow_can_read_and_nothing_else(course: Course, tmp_path: Path) -> None:
    """No secret, no token that stays, no event that gives a fork more than a fork has."""
    out = put("github", course, tmp_path / "out")
    workflow = YAML(typ="safe").load(out / ".github/workflows/dlgrade.yml")
    assert workflow["permissions"] == {"contents": "read"}
    assert set(workflow["on"]) == {"push", "pull_request", "workflow_dispatch"}
    checkout = workflow["jobs"]["grade"]["steps"][0]
    assert checkout["with"] == {"persist-credentials": False}
    action = (out / ".github/actions/dlgrade/action.yml").read_text()
    assert "secrets." not in action
    steps = YAML(typ="safe").load(action)["runs"]["steps"]
    # What comes from outside is never written into a shell's text.
    assert [step["run"] for step in steps if "${{" in step.get("run", "")] == []
    uses = [step["uses"] for step in (checkout, *steps) if "uses" in step]
    assert all(re.fullmatch(r"actions/[\w-]+@v\d+", each) for each in uses)
    assert len(uses) == 3


@pytest.mark.parametrize(
    ("target", "place"),
    [("gradescope", "setup.sh"), ("gradescope", "run_autograder"), ("prairielearn", "image/grade")],
)
def test_scripts_are_bash(target: str, place: str, course: Course, tmp_path: Path) -> None:
    """As far as `bash -n` can tell, and as executable files."""
    script = put(target, course, tmp_path / "out") / place
    subprocess.run(["bash", "-n", str(script)], check=True)
    assert script.read_text().startswith("#!/usr/bin/env bash\n")


@pytest.mark.parametrize(
    ("name", "place", "user"), [("docker", ".", "grader"), ("prairielearn", "image", "root")]
)
def test_dockerfiles_hold_together(
    name: str, place: str, user: str, course: Course, tmp_path: Path
) -> None:
    """Known words, sources that are there and not ignored, and the user who is meant.

    None was built here; PrairieLearn's stays root, so that each file runs as a user of its own.
    """
    folder = put(name, course, tmp_path / "out", "double") / place
    steps = instructions((folder / "Dockerfile").read_text())
    assert steps[0] == ("FROM", "python:3.12-slim")
    assert {word for word, _ in steps} <= {
        "FROM", "RUN", "COPY", "USER", "WORKDIR", "ENV", "ENTRYPOINT", "CMD",
    }  # fmt: skip
    ignored, *kept = (folder / ".dockerignore").read_text().split()
    sources = [text.split()[0] for word, text in steps if word == "COPY"]
    assert (ignored, sorted(kept)) == ("*", sorted(f"!{source}" for source in sources))
    assert all((folder / source).exists() for source in sources)
    for word, text in steps:
        if word == "RUN":
            subprocess.run(["bash", "-n", "-c", text], check=True)
            assert "pip install" not in text or "--constraint constraints.txt" in text
        if word in ("ENTRYPOINT", "CMD"):
            assert isinstance(json.loads(text), list)
    users = [text for word, text in steps if word == "USER"] or ["root"]
    assert users[-1] == user


def instructions(text: str) -> list[tuple[str, str]]:
    """The steps of a Dockerfile: word and rest, continued lines joined, comments left out."""
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    steps = [line.split(" ", 1) for line in lines.replace("\\\n", " ").splitlines() if line]
    return [(word, rest.strip()) for word, rest in steps]
