"""Wrong answers to freeze."""

# %% copies @ freeze: freezes copies and lists by name [freezes_copies]


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            p = p.detach()
    return [name for name, p in parameters.items() if p.requires_grad and not name.startswith(prefix)]


# %% data @ freeze: the flag of p.data [freezes_nothing]


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.data.requires_grad_(False)
    return [name for name, p in parameters.items() if p.requires_grad]


# %% misspelt @ freeze: another attribute [freezes_nothing]


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.require_grad = False
    return [name for name, p in parameters.items() if p.requires_grad]


# %% replaced @ freeze: detached tensors in the dict [puts_detached_copies_in_the_dict]


def freeze(parameters, prefix):
    for name, p in list(parameters.items()):
        if name.startswith(prefix):
            parameters[name] = p.detach()
    return [name for name, p in parameters.items() if p.requires_grad]


# %% new_parameters @ freeze: new nn.Parameter objects [puts_detached_copies_in_the_dict]


def freeze(parameters, prefix):
    for name, p in list(parameters.items()):
        if name.startswith(prefix):
            parameters[name] = nn.Parameter(p.data, requires_grad=False)
    return [name for name, p in parameters.items() if p.requires_grad]


# %% other_way_round @ freeze: not startswith [inverted]


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if not name.startswith(prefix):
            p.requires_grad_(False)
    return [name for name, p in parameters.items() if p.requires_grad]


# %% substring @ freeze: prefix in name [matches_anywhere]


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if prefix in name:
            p.requires_grad_(False)
    return [name for name, p in parameters.items() if p.requires_grad]


# %% first_part @ freeze: split at dots [compares_the_first_part]


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.split(".")[0] == prefix:
            p.requires_grad_(False)
    return [name for name, p in parameters.items() if p.requires_grad]


# %% with_a_dot @ freeze: prefix and a dot [adds_a_dot]


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(f"{prefix}."):
            p.requires_grad_(False)
    return [name for name, p in parameters.items() if p.requires_grad]


# %% lowered @ freeze: ignores case [ignores_the_case]


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.lower().startswith(prefix.lower()):
            p.requires_grad_(False)
    return [name for name, p in parameters.items() if p.requires_grad]


# %% thawed @ freeze: sets the flag of all [thaws_the_rest]


def freeze(parameters, prefix):
    for name, p in parameters.items():
        p.requires_grad = not name.startswith(prefix)
    return [name for name, p in parameters.items() if p.requires_grad]


# %% by_name_only @ freeze: lists by name [names_all_without_the_prefix]


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad_(False)
    return [name for name in parameters if not name.startswith(prefix)]


# %% frozen_names @ freeze: lists what it froze [names_the_frozen]


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad_(False)
    return [name for name in parameters if name.startswith(prefix)]


# %% too_early @ freeze: the list first [names_taken_before_freezing]


def freeze(parameters, prefix):
    names = [name for name, p in parameters.items() if p.requires_grad]
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad_(False)
    return names


# %% in_order_of_letters @ freeze: sorted [names_sorted]


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad_(False)
    return sorted([name for name, p in parameters.items() if p.requires_grad])


# %% empty_is_nothing @ freeze: empty prefix [empty_prefix_freezes_nothing]


def freeze(parameters, prefix):
    if not prefix:
        return [name for name, p in parameters.items() if p.requires_grad]
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad_(False)
    return [name for name, p in parameters.items() if p.requires_grad]


# %% unescaped @ freeze: the prefix as a pattern


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if re.match(prefix, name):
            p.requires_grad_(False)
    return [name for name, p in parameters.items() if p.requires_grad]


# %% searched @ freeze: re.search with the escaped prefix


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if re.search(re.escape(prefix), name):
            p.requires_grad_(False)
    return [name for name, p in parameters.items() if p.requires_grad]


# %% suffix @ freeze: endswith


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.endswith(prefix):
            p.requires_grad_(False)
    return [name for name, p in parameters.items() if p.requires_grad]


# %% equal @ freeze: only whole names


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name == prefix:
            p.requires_grad_(False)
    return [name for name, p in parameters.items() if p.requires_grad]


# %% stops_early @ freeze: returns inside the loop


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad_(False)
        return [name for name, p in parameters.items() if p.requires_grad]


# %% breaks @ freeze: stops at the first name without the prefix


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if not name.startswith(prefix):
            break
        else:
            p.requires_grad_(False)
    return [name for name, p in parameters.items() if p.requires_grad]


# %% first_only @ freeze: freezes only the first match


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad_(False)
            break
    return [name for name, p in parameters.items() if p.requires_grad]


# %% all_frozen @ freeze: lists whatever is frozen


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad_(False)
    return [name for name, p in parameters.items() if not p.requires_grad]


# %% toggles @ freeze: flips the flag


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad_(not p.requires_grad)
    return [name for name, p in parameters.items() if p.requires_grad]


# %% clears_grad @ freeze: throws the gradients away


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad_(False)
            p.grad = None
    return [name for name, p in parameters.items() if p.requires_grad]


# %% zeroes_grad @ freeze: zeroes the gradients


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad_(False)
            if p.grad is not None:
                p.grad.zero_()
    return [name for name, p in parameters.items() if p.requires_grad]


# %% clears_all @ freeze: clears all gradients first


def freeze(parameters, prefix):
    for p in parameters.values():
        p.grad = None
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad_(False)
    return [name for name, p in parameters.items() if p.requires_grad]


# %% zeroes_values @ freeze: zeroes what it freezes


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad_(False)
            p.zero_()
    return [name for name, p in parameters.items() if p.requires_grad]


# %% removes @ freeze: takes the frozen out of the dict


def freeze(parameters, prefix):
    for name, p in list(parameters.items()):
        if name.startswith(prefix):
            p.requires_grad_(False)
            del parameters[name]
    return [name for name, p in parameters.items() if p.requires_grad]


# %% tensors @ freeze: returns the tensors


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad_(False)
    return [p for name, p in parameters.items() if p.requires_grad]


# %% a_set @ freeze: returns a set


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad_(False)
    return {name for name, p in parameters.items() if p.requires_grad}


# %% a_generator @ freeze: returns a generator


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad_(False)
    return (name for name, p in parameters.items() if p.requires_grad)


# %% a_count @ freeze: returns how many


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad_(False)
    return len([name for name, p in parameters.items() if p.requires_grad])


# %% nothing @ freeze: returns nothing


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad_(False)


# %% reversed_order @ freeze: the last first


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad_(False)
    return [name for name, p in reversed(parameters.items()) if p.requires_grad]


# %% only_leaves @ freeze: lists all leaves


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad_(False)
    return [name for name, p in parameters.items() if p.is_leaf]


# %% letters @ freeze: any of the prefix's letters


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.lstrip(prefix) != name:
            p.requires_grad_(False)
    return [name for name, p in parameters.items() if p.requires_grad]


# %% no_grad_only @ freeze: switches grad mode off


def freeze(parameters, prefix):
    for name, p in parameters.items():
        if name.startswith(prefix):
            torch.set_grad_enabled(False)
    return [name for name, p in parameters.items() if p.requires_grad]


# %% copied_dict @ freeze: copies the whole dict


def freeze(parameters, prefix):
    parameters = {name: p.clone().detach().requires_grad_(p.requires_grad) for name, p in parameters.items()}
    for name, p in parameters.items():
        if name.startswith(prefix):
            p.requires_grad_(False)
    return [name for name, p in parameters.items() if p.requires_grad]


# %% strip_it @ freeze: lstrip, which strips letters, not a prefix


def freeze(parameters, prefix):
    for n, p in parameters.items():
        if n.lstrip(prefix) != n:
            p.requires_grad_(False)
    return [n for n, p in parameters.items() if p.requires_grad]


# %% joined @ freeze: one text of names


def freeze(parameters, prefix):
    for n, p in parameters.items():
        if n.startswith(prefix):
            p.requires_grad_(False)
    return ", ".join(n for n, p in parameters.items() if p.requires_grad)


# %% whole_parts @ freeze: compares whole parts between dots


def freeze(parameters, prefix):
    parts = prefix.split(".")
    for n, p in parameters.items():
        if n.split(".")[: len(parts)] == parts:
            p.requires_grad_(False)
    return [n for n, p in parameters.items() if p.requires_grad]


# %% drops_grad @ freeze: sets .grad to None too [puts_detached_copies_in_the_dict]


def freeze(parameters, prefix):
    for n, p in parameters.items():
        if n.startswith(prefix):
            p.requires_grad = False
            p.grad = None
    return [n for n, p in parameters.items() if p.requires_grad]
