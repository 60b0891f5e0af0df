"""Freezing parameters by the start of their names."""

import re

from grader import Exercise, Inputs


def freeze(parameters, prefix):
    for name, parameter in parameters.items():
        if name.startswith(prefix):
            parameter.requires_grad_(False)
    return [name for name, parameter in parameters.items() if parameter.requires_grad]


exercise = Exercise(
    freeze,
    title="Freezing parameters",
    hints=[
        "Which attribute of a tensor says that it learns? Who else holds the tensors of the dict, "
        "and would they notice what you do to a copy?",
        "Go through the names; where one starts with the prefix, turn requires_grad of that very "
        "tensor off. Never turn it on. Then ask every tensor whether it still requires grad.",
        "for name, p in parameters.items(): if name.startswith(prefix): p.requires_grad_(False); "
        "then return [name for name, p in parameters.items() if p.requires_grad].",
    ],
)


def trainable(inputs, *names, grads=False):
    """Parameters of different shapes that all require grad; with ``grads``, they have one."""
    return {
        name: inputs.parameter(inputs.normal(2, size), inputs.normal(2, size) if grads else None)
        for size, name in enumerate(names, start=1)
    }


LAYERS = ("head.weight", "encoder.weight", "decoder.weight", "encoder.bias", "decoder.bias")


def flags(state):
    return {f"{name} requires grad": tensor["requires_grad"] for name, tensor in state.items()}


def the_flags(outputs, calls):
    return flags(outputs[0]["parameters"])


def the_names(outputs, calls):
    return {"names": list(outputs[0]["returned"])}


def values_and_gradients(outputs, calls):
    words = {"values": "values of {}", "grad": "{}.grad"}
    return {
        text.format(name): tensor[what]
        for name, tensor in outputs[0]["parameters"].items()
        for what, text in words.items()
    }


def names_and_flags(outputs, calls):
    """The flags first: where they are wrong, names that say what is so are no other fault."""
    found = {}
    for output, call in zip(outputs, calls, strict=True):
        prefix = f"prefix {call['prefix']!r}"
        for what, flag in flags(output["parameters"]).items():
            found[f"{what}, {prefix}"] = flag
    for output, call in zip(outputs, calls, strict=True):
        prefix = f"prefix {call['prefix']!r}"
        names = list(output["returned"])
        learn = [n for n, state in output["parameters"].items() if state["requires_grad"]]
        found[f"learn but are not named, {prefix}"] = [n for n in learn if n not in names]
        found[f"named but do not learn, {prefix}"] = [n for n in names if n not in learn]
        found[f"names, {prefix}"] = names
    return found


@exercise.case(
    points=3,
    shows=["parameters"],
    observe=the_flags,
    hint="Print p.requires_grad of the dict's tensors after the call.",
)
def the_part_with_the_prefix_is_frozen(inputs: Inputs):
    """the tensors whose names start with the prefix stop requiring grad, and no others"""
    return dict(parameters=trainable(inputs, *LAYERS), prefix="encoder")


@exercise.case(
    points=2,
    shows=["parameters"],
    observe=the_names,
    hint="Which names are asked for: those that were frozen or those that still learn?",
)
def the_trainable_names_come_back_in_order(inputs: Inputs):
    """the answer names what still learns, in the order of the dict"""
    return dict(parameters=trainable(inputs, *LAYERS), prefix="encoder")


@exercise.case(
    points=2,
    needs=[the_part_with_the_prefix_is_frozen, the_trainable_names_come_back_in_order],
    shows=["parameters"],
    observe=names_and_flags,
    hint="Freeze twice, with two prefixes. Does the second call thaw what the first one froze?",
)
def what_was_frozen_stays_frozen(inputs: Inputs):
    """what was frozen before stays frozen, and is not named"""
    parameters = trainable(inputs, *LAYERS)
    for name in ("encoder.bias", "decoder.weight"):
        parameters[name].requires_grad_(False)
    return dict(parameters=parameters, prefix="encoder")


@exercise.case(
    points=1,
    shows=["parameters"],
    observe=values_and_gradients,
    hint="Are the dict's tensors the ones it came with? A copy has no .grad.",
)
def nothing_else_changes(inputs: Inputs):
    """the tensors are the same as before, with their values and gradients"""
    return dict(parameters=trainable(inputs, *LAYERS, grads=True), prefix="encoder")


@exercise.case(
    points=2,
    needs=[the_part_with_the_prefix_is_frozen, the_trainable_names_come_back_in_order],
    shows=["parameters"],
    observe=names_and_flags,
    hint="str.startswith compares letter for letter, at the start only.",
)
def only_the_start_of_a_name_counts(inputs: Inputs):
    """a prefix is compared letter for letter, and at the start of the name only"""
    names = (
        "my.encoder.1.bias",
        "encoder.10.weight",
        "Encoder.1.bias",
        "encoder.1.weight",
        "encoder.2.weight",
        "encoder_1",
        "head.encoder",
    )
    return [
        dict(parameters=trainable(inputs, *names), prefix="encoder.1"),
        dict(parameters=trainable(inputs, *names), prefix="enc"),
    ]


@exercise.case(
    points=1,
    needs=[the_part_with_the_prefix_is_frozen, the_trainable_names_come_back_in_order],
    shows=["parameters"],
    observe=names_and_flags,
    hint="Every name starts with the empty text.",
)
def every_prefix_will_do(inputs: Inputs):
    """the prefix may be empty, a whole name, longer than every name, or nobody's"""
    return [
        dict(parameters=trainable(inputs, *LAYERS), prefix=prefix)
        for prefix in ("", "head.weight", "head.weight.more", "[")
    ]


@exercise.alternative()
def one_loop(parameters, prefix):
    """does both in one loop, by setting the attribute"""
    names = []
    for name in parameters:
        if name[: len(prefix)] == prefix:
            parameters[name].requires_grad = False
        elif parameters[name].requires_grad:
            names.append(name)
    return names


@exercise.alternative()
def never_turned_on(parameters, prefix):
    """sets every flag to what it was and not the prefix's"""
    for name, parameter in parameters.items():
        parameter.requires_grad_(parameter.requires_grad and not name.startswith(prefix))
    return list(filter(lambda name: parameters[name].requires_grad, parameters))


@exercise.alternative()
def names_decided_first(parameters, prefix):
    """decides on the names before it turns any flag"""
    chosen = [name for name in parameters if name.find(prefix) == 0]
    left = [name for name, p in parameters.items() if p.requires_grad and name not in chosen]
    for name in chosen:
        setattr(parameters[name], "requires_grad", False)  # noqa: B010
    return left


@exercise.alternative()
def by_an_escaped_pattern(parameters, prefix):
    """matches the start with a regular expression, escaped"""
    pattern = re.compile(re.escape(prefix))
    frozen = {name for name in parameters if pattern.match(name)}
    [parameters[name].requires_grad_(False) for name in frozen]
    return [name for name, p in parameters.items() if p.requires_grad and name not in frozen]


def freeze_where(parameters, chosen):
    """Freezes the tensors whose names are chosen by a wrong rule."""
    for name, parameter in parameters.items():
        if chosen(name):
            parameter.requires_grad_(False)
    return [name for name, parameter in parameters.items() if parameter.requires_grad]


@exercise.mistake(
    caught_by=the_part_with_the_prefix_is_frozen,
    hint="detach(), clone() and .data make new tensors. Turn the flag of the dict's own tensor "
    "off: p.requires_grad_(False).",
    points_at=r"detach\(|\.data\b|clone",
)
def freezes_copies(parameters, prefix):
    """freezes copies: the caller's own tensors stay trainable"""
    return [
        name for name, p in parameters.items() if p.requires_grad and not name.startswith(prefix)
    ]


@exercise.mistake(
    caught_by=the_part_with_the_prefix_is_frozen,
    hint="After your call every tensor requires grad as before: did you change a copy, or an "
    "attribute of another name? Call p.requires_grad_(False).",
    points_at=r"detach\(|\.data\b|clone|require",
)
def freezes_nothing(parameters, prefix):
    """leaves all the caller's tensors trainable, and names them all"""
    return [name for name, p in parameters.items() if p.requires_grad]


@exercise.mistake(
    caught_by=nothing_else_changes,
    hint="A detached copy has no .grad, and the caller's own tensor still learns: freeze p itself. "
    "If you cleared .grad on purpose: leave it as it is.",
    points_at=r"parameters\[.*\]\s*=|detach\(|\.grad\b",
)
def puts_detached_copies_in_the_dict(parameters, prefix):
    """puts detached copies in the dict, or clears .grad: the gradients are lost"""
    for name in parameters:
        if name.startswith(prefix):
            parameters[name] = parameters[name].detach()
    return [name for name, parameter in parameters.items() if parameter.requires_grad]


@exercise.mistake(
    caught_by=the_part_with_the_prefix_is_frozen,
    hint="You freeze the others: what starts with the prefix is to be frozen.",
    points_at=r"not\b|startswith",
)
def inverted(parameters, prefix):
    """freezes everything but the names with the prefix"""
    return freeze_where(parameters, lambda name: not name.startswith(prefix))


@exercise.mistake(
    caught_by=only_the_start_of_a_name_counts,
    hint="`prefix in name` is also true in the middle of a name. Use name.startswith(prefix).",
    points_at=r"\bprefix in\b|find|search|count",
)
def matches_anywhere(parameters, prefix):
    """freezes where the prefix stands anywhere in the name"""
    return freeze_where(parameters, lambda name: prefix in name)


@exercise.mistake(
    caught_by=only_the_start_of_a_name_counts,
    hint="A prefix may end anywhere in the name, not only at a dot. Use name.startswith(prefix).",
    points_at=r"split|partition",
)
def compares_the_first_part(parameters, prefix):
    """compares the prefix with the part before the first dot"""
    return freeze_where(parameters, lambda name: name.split(".")[0] == prefix)


@exercise.mistake(
    caught_by=only_the_start_of_a_name_counts,
    hint='The prefix is taken as it is: "encoder.1" is also the start of "encoder.10.weight". Add '
    "no dot.",
    points_at=r"""["']\.["']|\.["']""",
)
def adds_a_dot(parameters, prefix):
    """asks for a dot after the prefix"""
    return freeze_where(parameters, lambda name: name.startswith(prefix + "."))


@exercise.mistake(
    caught_by=only_the_start_of_a_name_counts,
    hint='Names are compared letter for letter: "Encoder" does not start with "encoder".',
    points_at=r"lower|casefold|IGNORECASE|re\.I\b",
)
def ignores_the_case(parameters, prefix):
    """takes capital and small letters for the same"""
    return freeze_where(parameters, lambda name: name.lower().startswith(prefix.lower()))


@exercise.mistake(
    caught_by=what_was_frozen_stays_frozen,
    hint="requires_grad = not name.startswith(prefix) also turns it on for the rest. Only ever "
    "turn it off.",
    points_at=r"requires_grad",
)
def thaws_the_rest(parameters, prefix):
    """turns requires_grad on for all other names, those frozen before too"""
    for name, parameter in parameters.items():
        parameter.requires_grad_(not name.startswith(prefix))
    return [name for name, parameter in parameters.items() if parameter.requires_grad]


@exercise.mistake(
    caught_by=what_was_frozen_stays_frozen,
    hint="A name without the prefix may have been frozen before. Ask each tensor for its "
    "requires_grad.",
    points_at=r"return|append",
)
def names_all_without_the_prefix(parameters, prefix):
    """names everything that lacks the prefix, also what was frozen before"""
    freeze(parameters, prefix)
    return [name for name in parameters if not name.startswith(prefix)]


@exercise.mistake(
    caught_by=the_trainable_names_come_back_in_order,
    hint="You name what you froze. The names asked for are those that still require grad.",
    points_at=r"return|append",
)
def names_the_frozen(parameters, prefix):
    """returns the names with the prefix instead of those that still learn"""
    freeze(parameters, prefix)
    return [name for name in parameters if name.startswith(prefix)]


@exercise.mistake(
    caught_by=the_trainable_names_come_back_in_order,
    hint="The list is made before the flags are turned off. Freeze first, then ask.",
    points_at=r"return|append|=\s*\[",
)
def names_taken_before_freezing(parameters, prefix):
    """names what was trainable before the call"""
    names = [name for name, parameter in parameters.items() if parameter.requires_grad]
    freeze(parameters, prefix)
    return names


@exercise.mistake(
    caught_by=the_trainable_names_come_back_in_order,
    hint="The names come in the order of the dict, which is the order of the layers; sorted() and "
    "set() lose it.",
    points_at=r"sort|set\(|\{",
)
def names_sorted(parameters, prefix):
    """sorts the names"""
    return sorted(freeze(parameters, prefix))


@exercise.mistake(
    caught_by=every_prefix_will_do,
    hint='"" is false, but it is the start of every name: with it, everything is frozen.',
    points_at=r"if (not )?prefix\b|prefix and",
)
def empty_prefix_freezes_nothing(parameters, prefix):
    """freezes nothing when the prefix is empty"""
    return freeze_where(parameters, lambda name: bool(prefix) and name.startswith(prefix))
