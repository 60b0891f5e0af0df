"""The shape of the package: which room may look into which."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "grader"

# From the ground up; a room may import from its own and from lower floors only.
FLOORS = [
    ["__init__", "errors", "files", "result", "uncollected", "usual"],
    ["audience", "inputs"],
    ["wire"],
    ["pictures"],
    ["disclosure", "exercise", "plan"],
    ["course"],
    ["submission", "worker", "solution"],
    ["progress", "quiz"],
    ["declared", "home", "unfinished"],
    ["review", "study"],
    ["pool"],
    ["isolation"],
    ["settings"],
    ["compare"],
    ["trusted"],
    ["oracle"],
    ["assess"],
    ["advice", "diagnose", "evidence", "reproduce"],
    ["explain", "faults"],
    ["verdict"],
    ["judge"],
    ["service"],
    ["cohort"],
    ["audit", "exporting", "live", "writers"],
    ["watch"],
    ["cli", "notebook", "pytest_plugin"],
    ["__main__"],
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}


def imports_of(path: Path) -> set[str]:
    """The modules of the package that a file imports, those for type checking aside."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return {name for name in found if name.startswith("grader.")}


def modules() -> dict[str, Path]:
    """Dotted name → file, for every module of the package."""
    return {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(
            ".__init__"
        ): path
        for path in sorted(PACKAGE.rglob("*.py"))
        if "bundled" not in path.parts
    }


def graph() -> dict[str, set[str]]:
    """Module → the modules of the package that it imports."""
    names = modules()

    def resolve(name: str) -> str:
        while name not in names:
            name = name.rpartition(".")[0]
        return name

    return {name: {resolve(n) for n in imports_of(path)} - {name} for name, path in names.items()}


def room(module: str) -> str:
    """The room that a module is in: the part of its name after ``grader``."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def test_every_room_has_a_floor() -> None:
    """A new room must be placed before it is used."""
    assert {room(name) for name in modules()} == set(FLOOR)


def test_imports_point_down() -> None:
    """No room imports from a higher floor."""
    upwards = [
        f"{name} imports {other}"
        for name, others in graph().items()
        for other in others
        if FLOOR[room(other)] > FLOOR[room(name)]
    ]
    assert upwards == []


def test_there_is_no_circle() -> None:
    """The modules can be put in an order in which each imports only earlier ones."""
    packages = {name for name in modules() if modules()[name].name == "__init__.py"}
    edges = {
        name: {other for other in others if not (other in packages and name.startswith(other))}
        for name, others in graph().items()
    }
    assert list(TopologicalSorter(edges).static_order())


def test_help_does_not_import_torch() -> None:
    """`dlgrade --help` answers without torch, numpy or matplotlib."""
    script = (
        "import sys\n"
        "from grader.cli import dlgrade\n"
        "dlgrade.main(['--help'], prog_name='dlgrade', standalone_mode=False)\n"
        "print('heavy:', sorted({'torch', 'numpy', 'matplotlib', 'jinja2'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "Usage: dlgrade" in done.stdout
    assert done.stdout.endswith("heavy: []\n")


def test_the_untrusted_side_starts_without_torch() -> None:
    """The pool can start its warm process before torch is imported here."""
    script = "import sys, grader.pool; print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_a_finding_does_not_import_what_torch_compiles_with() -> None:
    """Some functions of torch import sympy when they are first called: half a second of waiting."""
    script = (
        "import sys, torch\n"
        "from grader.compare import compare\n"
        "x = torch.ones(3, 4, dtype=torch.float64)\n"
        "assert compare(x, x * 2).finding.evidence.worst.where == '[0, 0]'\n"
        "print('sympy' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_writers_never_see_torch() -> None:
    """What renders a result works without torch."""
    script = "import sys, grader.writers; print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_nothing_in_the_package_knows_an_exercise() -> None:
    """No code of the package names an exercise of the bundled course.

    Names without an underscore are English words (freeze, schedule) that code may need.
    """
    stems = {path.stem for path in (PACKAGE.parent / "solutions").glob("*/*.py")}
    names = {stem for stem in stems if "_" in stem.strip("_")}
    assert "layer_norm" in names
    named = [
        f"{module} names {name}"
        for module, path in modules().items()
        for name in names & words_of_code(path)
    ]
    assert named == []


def words_of_code(path: Path) -> set[str]:
    """The identifiers and the texts of a file, docstrings aside."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return found
