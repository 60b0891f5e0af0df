"""Matches the author's forbidden words against names of torch's own.

A word without dots is an operation, whatever it is called through: ``layer_norm`` is also
``torch.native_layer_norm``, ``aten::_layer_norm`` and the class ``torch.nn.LayerNorm``. A word with
dots is a module of torch: everything called from inside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

_PREFIX: Final = re.compile(r"^(?:_+|native_|cudnn_|mkldnn_|miopen_|thnn_|fused_)")
_SUFFIX: Final = re.compile(
    r"(?:_+|_backward|_forward|_legit|_no_training|_functional|_impl_index|_with_update|_impl)$"
)
_CAPITAL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_DIMENSIONS: Final = re.compile(r"_?[123]d$")


@lru_cache(maxsize=4096)
def operation(name: str) -> str:
    """What an operation is at its core: ``_native_layer_norm_backward`` is ``layer_norm``."""
    core = name.rpartition("::")[2].partition(".")[0]
    while True:
        shorter = _SUFFIX.sub("", _PREFIX.sub("", core))
        if shorter in (core, ""):
            return core
        core = shorter


@dataclass(frozen=True)
class Words:
    """The forbidden words of an exercise."""

    words: tuple[str, ...]

    @cached_property
    def modules(self) -> tuple[str, ...]:
        """Those that are modules."""
        return tuple(word for word in self.words if "." in word)

    @property
    def name_operations(self) -> bool:
        """Whether some word is an operation, not a module."""
        return bool(self._operations)

    @cached_property
    def _operations(self) -> dict[str, str]:
        return {operation(word): word for word in self.words if "." not in word}

    def of_operation(self, name: str) -> str:
        """The word that forbids an operation of torch; empty if none does."""
        return self._operations.get(operation(name), "")

    def of_module(self, name: str) -> str:
        """The word that forbids a module, or what stands in it; empty if none does."""
        for word in self.modules:
            if name == word or name.startswith(f"{word}."):
                return word
        return ""

    def of_written(self, dotted: str) -> str:
        """The word that forbids a full name such as ``torch.nn.LayerNorm``."""
        if dotted.partition(".")[0] != "torch":
            return ""
        last = dotted.rpartition(".")[2]
        found = (self.of_operation(name) for name in _spellings(last))
        return self.of_module(dotted) or next((word for word in found if word), "")


def _spellings(name: str) -> list[str]:
    """``CrossEntropyLoss`` is also ``cross_entropy``, ``BatchNorm1d`` is ``batch_norm``."""
    snake = _CAPITAL.sub("_", name).lower()
    flat = _DIMENSIONS.sub("", snake)
    return [name, snake, flat, flat.removesuffix("_loss")]
