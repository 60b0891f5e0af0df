"""Right answers to freeze."""

import re
from collections import deque
from itertools import compress

import torch
import torch.nn as nn

# %% plain: a loop and a comprehension


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad = False
    return [name for name, p in parameters.items() if p.requires_grad]


# %% method: requires_grad_


def freeze(parameters, prefix):
    trainable = []
    for name in parameters:
        if name.startswith(prefix):
            parameters[name].requires_grad_(False)
        if parameters[name].requires_grad:
            trainable.append(name)
    return trainable


# %% one_loop: elif


def freeze(parameters, prefix):
    names = []
    for name, tensor in list(parameters.items()):
        if name[: len(prefix)] == prefix:
            tensor.requires_grad_(requires_grad=False)
        elif tensor.requires_grad:
            names += [name]
    return names


# %% and_not: the flag computed


def freeze(parameters, prefix):
    for name, p in parameters.items():
        p.requires_grad = p.requires_grad and not name.startswith(prefix)
    return [n for n in parameters if parameters[n].requires_grad]


# %% compressed: flags off by map, names by compress


def freeze(parameters, prefix):
    chosen = filter(lambda n: n.startswith(prefix), parameters)
    list(map(lambda n: parameters[n].requires_grad_(False), chosen))
    return list(compress(parameters, [p.requires_grad for p in parameters.values()]))


# %% under_no_grad: in a no_grad block, by setattr


def freeze(parameters, prefix):
    with torch.no_grad():
        for name, p in parameters.items():
            if name.startswith(prefix):
                setattr(p, "requires_grad", False)  # noqa: B010
    return [name for name, p in parameters.items() if p.requires_grad is True]


# %% pattern: an escaped regular expression


def freeze(parameters, prefix):
    start = re.compile("^" + re.escape(prefix))
    for name, p in parameters.items():
        if start.match(name):
            p.requires_grad_(False)
    return [name for name, p in parameters.items() if p.requires_grad]


# %% removeprefix: compares lengths


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if prefix == "" or name.removeprefix(prefix) != name:
            p.requires_grad = False
    return [name for name in parameters if parameters[name].requires_grad]


# %% helper: a generator function


def learning(parameters):
    for name, p in parameters.items():
        if p.requires_grad:
            yield name


def freeze(parameters, prefix):
    deque((p.requires_grad_(False) for n, p in parameters.items() if n.find(prefix) == 0), maxlen=0)
    return list(learning(parameters))


# %% recursion: one name at a time


def freeze(parameters, prefix):
    def walk(items):
        if not items:
            return []
        (name, p), rest = items[0], items[1:]
        if all(name[i : i + 1] == letter for i, letter in enumerate(prefix)):
            p.requires_grad = False
        return ([name] if p.requires_grad else []) + walk(rest)

    return walk(list(parameters.items()))


# %% decided_first: the names first, then the flags


def freeze(parameters, prefix):
    matching = {name for name in parameters if name.startswith(prefix)}
    kept = [name for name, p in parameters.items() if p.requires_grad and name not in matching]
    for name in matching:
        parameters[name].requires_grad_(False)
    return kept


# %% module: wraps the tensors in a module's attribute to call its requires_grad_


def freeze(parameters, prefix):
    holder = nn.Module()
    chosen = [p for name, p in parameters.items() if name.startswith((prefix,))]
    for index, p in enumerate(chosen):
        holder.register_buffer(f"p{index}", p)
    for buffer in holder.buffers():
        buffer.requires_grad_(False)
    return [name for name, p in parameters.items() if p.requires_grad]


# %% names_then_flags: collects the names first


def freeze(parameters, prefix):
    for name in [k for k in parameters.keys() if k.startswith(prefix)]:
        parameters[name].requires_grad = False
    trainable = []
    for name, p in parameters.items():
        if p.requires_grad is True:
            trainable.append(name)
    return trainable


# %% removeprefix_again: compares after removeprefix


def freeze(parameters, prefix):
    out = []
    for k, v in parameters.items():
        if not prefix or k.removeprefix(prefix) != k:
            v.requires_grad_(requires_grad=False)
        if v.requires_grad:
            out += [k]
    return out


# %% tuple_answer: a tuple of names


def freeze(parameters, prefix):
    [p.requires_grad_(False) for n, p in parameters.items() if n.startswith(prefix)]
    return tuple(n for n, p in parameters.items() if p.requires_grad)
