"""The words an author writes an exercise in.

One file per exercise: the reference, then cases, then alternatives and mistakes::

    exercise = Exercise(layer_norm, title="Layer normalisation", hints=[...])

    @exercise.case(points=3, hint="Which axes does weight cover?")
    def each_position_has_its_own_statistics(inputs):
        "every position is normalised over its own features"
        return dict(x=inputs.normal(2, 3, 7), weight=inputs.normal(7), bias=inputs.normal(7))

    @exercise.mistake(caught_by=each_position_has_its_own_statistics, hint="...")
    def unbiased_variance(x, weight, bias, eps=1e-5):
        "divides the variance by n - 1"
        ...

The decorators return the record they made (`Case`, `Alternative`, `Mistake`), so that ``needs=``
and ``caught_by=`` take names that Python itself checks. Everything here is data: nothing is run.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar, get_args

from grader.errors import CourseError
from grader.result import Feedback, Visibility

if TYPE_CHECKING:
    from grader.inputs import Inputs
    from grader.result import Picture

HINT_STEPS: Final = 3

T = TypeVar("T")

Arguments = Mapping[str, Any]
Function = Callable[..., Any]
Build = Callable[["Inputs"], "Arguments | Sequence[Arguments]"]
Observe = Callable[[Sequence[Any], Sequence[Arguments]], Mapping[str, Any]]
Draw = Callable[["View"], "Picture | None"]


@dataclass(frozen=True)
class Trajectory:
    """A case that follows a state over several steps of an optimiser.

    The function is asked for 1, 2, ... ``steps`` steps from the start, and for one step from every
    state that the reference passes through: the first step that is wrong on its own is a wrong
    formula; when each is right on its own, something is carried over wrongly.

    Attributes:
        state: the argument that holds the state, and whose kind the function returns.
        count: the argument that holds the number of steps.
        steps: how many steps are followed.
    """

    state: str
    count: str
    steps: int = 5


@dataclass(frozen=True)
class Case:
    """One check of one function.

    Attributes:
        name: identifier, from the builder's name.
        title: the line that the learner reads, from the builder's docstring.
        function: name of the function that is called.
        build: draws the inputs: the arguments of one call, or of several calls made in order.
        points: what it is worth.
        hint: a nudge for this case.
        gradients: arguments whose gradients are judged too; of a list or dict, every float tensor
            in it.
        observe: for functions with many right answers: turns the answers into what must hold, a
            mapping from a property's name to its value or to a `Statistic`. It is judged instead.
        needs: names of cases that must pass first; until then this case waits.
        float64_only: an answer in float32 fails instead of passing with a note.
        trajectory: the state to follow, None for an ordinary case.
        allows_global_rng: the function may draw from the global generators in this case. They are
            seeded before every call: alike for calls 0 and 1, alike for 2 and 3, and so on.
        raises: the exception that every call must raise, None where the calls must return.
        shows: arguments whose state after a call is part of the answer, which is then a dict: the
            value as ``"returned"``, and for each of these names what `grader.wire.values.state`
            says of it. They may be changed; others may not.
        visibility: whether students see the case: always, after the due date, or never whole.
        feedback: how much they see of it; see `grader.audience`.
    """

    name: str
    title: str
    function: str
    build: Build
    points: float
    hint: str = ""
    gradients: tuple[str, ...] = ()
    observe: Observe | None = None
    needs: tuple[str, ...] = ()
    float64_only: bool = False
    trajectory: Trajectory | None = None
    allows_global_rng: bool = False
    raises: type[Exception] | None = None
    shows: tuple[str, ...] = ()
    visibility: Visibility = "visible"
    feedback: Feedback = "full"


@dataclass(frozen=True)
class Alternative:
    """Another right way to write a function; it must earn every point.

    Attributes:
        name: identifier.
        title: what is different about it.
        function: the function it stands in for.
        run: the code.
    """

    name: str
    title: str
    function: str
    run: Function


@dataclass(frozen=True)
class Mistake:
    """A classical wrong way to write a function.

    Attributes:
        name: identifier.
        title: what it does, as a clause that completes "it ..." ("divides the variance by n - 1").
        function: the function it stands in for.
        run: the code.
        hint: what to look at, said to a learner who made it.
        caught_by: the case that is there to catch it.
        points_at: regular expression of the learner's line to mark, searched in that function.
    """

    name: str
    title: str
    function: str
    run: Function
    hint: str
    caught_by: str
    points_at: str = ""


@dataclass(frozen=True)
class Growth:
    """How a function is asked to grow: it should not run an operation for each row.

    Attributes:
        function: its name.
        per: what there is more of, in the singular ("row").
        build: draws the arguments of two calls, by size: ``{4: dict(...), 12: dict(...)}``.
    """

    function: str
    per: str
    build: Callable[[Inputs], Mapping[int, Arguments]]


@dataclass(frozen=True)
class View:
    """What a picture is drawn from: one failed case, trusted values only.

    Attributes:
        case: its name.
        calls: the arguments of each call.
        call: index of the call that failed first.
        yours: the learner's answers, one per call (for a trajectory: the states after each step).
        expected: the reference's answers.
        gradients: what failed → (yours, expected), where gradients were judged: the name of an
            argument, or ``"parameters, w_out"`` for a tensor in one.
        tolerance: the absolute tolerance of the worst element.
        ratio: error ÷ tolerance for each element of the failing tensor, None where shapes differ.
    """

    case: str
    calls: Sequence[Arguments]
    yours: Sequence[Any]
    expected: Sequence[Any]
    call: int = 0
    gradients: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    tolerance: float = 0.0
    ratio: Any = None


class Exercise:
    """One exercise file: its reference functions and all that is known about them.

    Args:
        functions: the reference functions, in the order of the stub. Their names and signatures
            are the contract.
        title: what is to be written, in a few words ("Layer normalisation").
        hints: exactly three, from a nudge to nearly the answer.
        forbids: operations that would make the exercise pointless: the name of a torch function
            (``"layer_norm"``, under any alias and below any wrapper) or of a module
            (``"torch.nn.init"``: everything called from inside it).
        scratch_bytes: size of a folder that the learner's code may write to: the one it runs in,
            and ``tempfile``'s; it is gone afterwards. Without it nothing can be written.

    Raises:
        CourseError: if a name is used twice, a text is missing or a parameter makes no sense.
    """

    def __init__(
        self,
        *functions: Function,
        title: str,
        hints: Sequence[str],
        forbids: Sequence[str] = (),
        scratch_bytes: int = 0,
    ) -> None:
        if not functions:
            raise CourseError("Exercise(...) needs at least one reference function")
        self.functions: Final = {function.__name__: function for function in functions}
        self.title: Final = title
        self.hints: Final = tuple(hints)
        self.forbids: Final = tuple(forbids)
        self.scratch_bytes: Final = scratch_bytes
        self.cases: dict[str, Case] = {}
        self.alternatives: dict[str, Alternative] = {}
        self.mistakes: dict[str, Mistake] = {}
        self.pictures: dict[str, Draw] = {}
        self.growths: dict[str, Growth] = {}
        self.supplied: dict[str, Any] = {}
        if len(self.hints) != HINT_STEPS or not all(hint.strip() for hint in self.hints):
            raise CourseError(
                f"exercise {title!r} has {len(self.hints)} hints; write exactly {HINT_STEPS}, "
                "from a nudge to nearly the answer"
            )

    def case(
        self,
        function: Function | None = None,
        *,
        points: float,
        hint: str = "",
        gradients: Sequence[str] = (),
        observe: Observe | None = None,
        needs: Sequence[Case] = (),
        float64_only: bool = False,
        trajectory: Trajectory | None = None,
        allows_global_rng: bool = False,
        raises: type[Exception] | None = None,
        shows: Sequence[str] = (),
        visibility: Visibility = "visible",
        feedback: Feedback = "full",
    ) -> Callable[[Build], Case]:
        """Declares a case; the decorated builder draws the inputs and its docstring is the title.

        Args:
            function: the reference function that is called; may be left out if there is only one.
            points: what the case is worth, more than 0.
            hint: a nudge shown when it fails.
            gradients: arguments whose gradients are judged as well.
            observe: see `Case`.
            needs: cases that must pass before this one is judged.
            float64_only: see `Case`.
            trajectory: see `Trajectory`.
            allows_global_rng: see `Case`.
            raises: see `Case`.
            shows: see `Case`.
            visibility: ``"visible"``, ``"after_due"`` or ``"hidden"``.
            feedback: ``"full"``, ``"own_output"``, ``"property"`` or ``"verdict"``.
        """

        def declare(build: Build) -> Case:
            name = build.__name__
            owner = self._owner(function, name)
            if points <= 0:
                raise CourseError(f"case {name} is worth {points} points; it needs more than 0")
            unknown = {*gradients, *shows} - set(
                inspect.signature(self.functions[owner]).parameters
            )
            if unknown:
                raise CourseError(f"case {name}: {owner} has no parameter {sorted(unknown)[0]!r}")
            if observe is not None and (gradients or trajectory):
                raise CourseError(f"case {name}: observe= cannot be judged with gradients")
            _check_one_of("visibility", visibility, Visibility, name)
            _check_one_of("feedback", feedback, Feedback, name)
            case = Case(
                name=name,
                title=_title(build, f"case {name}"),
                function=owner,
                build=build,
                points=float(points),
                hint=hint,
                gradients=tuple(gradients),
                observe=observe,
                needs=tuple(needed.name for needed in needs),
                float64_only=float64_only,
                trajectory=trajectory,
                allows_global_rng=allows_global_rng,
                raises=raises,
                shows=tuple(shows),
                visibility=visibility,
                feedback=feedback,
            )
            return _add(self.cases, name, case, "case")

        return declare

    def alternative(self, function: Function | None = None) -> Callable[[Function], Alternative]:
        """Declares another right way to write ``function``; its docstring says what differs."""

        def declare(run: Function) -> Alternative:
            name = run.__name__
            owner = self._owner(function, name)
            title = _title(run, f"alternative {name}")
            return _add(
                self.alternatives,
                name,
                Alternative(name=name, title=title, function=owner, run=run),
                "alternative",
            )

        return declare

    def mistake(
        self,
        function: Function | None = None,
        *,
        caught_by: Case,
        hint: str,
        points_at: str = "",
    ) -> Callable[[Function], Mistake]:
        """Declares a classical mistake; its docstring completes the sentence "it ...".

        Args:
            function: the function that is written wrongly; may be left out if there is only one.
            caught_by: the case that is there to catch it.
            hint: what to look at.
            points_at: regular expression of the line to mark in the learner's function.
        """

        def declare(run: Function) -> Mistake:
            name = run.__name__
            owner = self._owner(function, name)
            if not hint.strip():
                raise CourseError(f"mistake {name} has no hint; say what to look at")
            if caught_by.function != owner:
                raise CourseError(
                    f"mistake {name} is one of {owner}, but {caught_by.name} tests "
                    f"{caught_by.function}"
                )
            mistake = Mistake(
                name=name,
                title=_title(run, f"mistake {name}"),
                function=owner,
                run=run,
                hint=hint,
                caught_by=caught_by.name,
                points_at=points_at,
            )
            return _add(self.mistakes, name, mistake, "mistake")

        return declare

    def picture(self, *cases: Case) -> Callable[[Draw], Draw]:
        """Declares how a failure of ``cases`` is drawn."""

        def declare(draw: Draw) -> Draw:
            for case in cases:
                _add(self.pictures, case.name, draw, "picture for")
            return draw

        return declare

    def grows(
        self, function: Function | None = None, *, per: str
    ) -> Callable[[Callable[[Inputs], Mapping[int, Arguments]]], Growth]:
        """Declares two sizes at which operations are counted; it gives advice, never marks.

        Args:
            function: the function that is called; may be left out if there is only one.
            per: what there is more of, in the singular ("row").
        """

        def declare(build: Callable[[Inputs], Mapping[int, Arguments]]) -> Growth:
            owner = self._owner(function, build.__name__)
            return _add(self.growths, owner, Growth(owner, per, build), "growth of")

        return declare

    def _owner(self, function: Function | None, name: str) -> str:
        if function is None:
            if len(self.functions) > 1:
                raise CourseError(
                    f"{name}: say which function it is for, one of {', '.join(self.functions)}"
                )
            return next(iter(self.functions))
        if self.functions.get(function.__name__) is not function:
            raise CourseError(f"{name}: {function.__name__} is not a function of this exercise")
        return function.__name__


def _title(function: Callable[..., Any], what: str) -> str:
    text = inspect.cleandoc(function.__doc__ or "").partition("\n\n")[0].replace("\n", " ").strip()
    if not text:
        raise CourseError(f"{what} has no docstring; it is the line that the learner reads")
    return text.rstrip(".")


def _check_one_of(word: str, given: object, allowed: Any, case: str) -> None:
    if given not in get_args(allowed):
        raise CourseError(
            f"case {case}: {word}={given!r} is none of {', '.join(map(repr, get_args(allowed)))}"
        )


def _add(table: dict[str, T], name: str, record: T, what: str) -> T:
    if name in table:
        raise CourseError(f"there are two {what} {name}; give each its own name")
    table[name] = record
    return record
