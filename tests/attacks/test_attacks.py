"""Every attack is stopped, earns what honest code earns, and the learner is told what happened."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.timeout(60)

LEAST = 95

HONEST = {
    "square": "def square(x):\n    return x * x\n",
    "mean": "def mean(x):\n    return x.sum() / x.numel()\n",
    "kept": (
        "import torch\n\n\n"
        "def kept(x):\n"
        "    torch.save(x, 'kept.pt')\n"
        "    return torch.load('kept.pt')\n"
    ),
}


def test_an_attack_is_stopped(attack, arena, hostile_pool, harness) -> None:
    """It harms nobody, learns nothing, earns its due, and the message names what happened."""
    outcome = harness.run(attack, arena, hostile_pool)
    if not attack.is_open(hostile_pool.held()):
        assert outcome.reached == (), f"{attack.goal} {outcome.text}"
    assert outcome.earns(attack.points), f"{outcome.score} points: {outcome.text}"
    if attack.says:
        assert re.search(attack.says, outcome.text), outcome.text


def test_there_are_enough(harness) -> None:
    """As many as the study that the layers were chosen by."""
    assert len(harness.attacks()) >= LEAST


def test_honest_code_passes(arena, hostile_pool, harness) -> None:
    """The control: what stops attacks does not stop work."""
    for name, source in HONEST.items():
        honest = harness.Attack("none", name, source, "", "", "all", answers=name)
        outcome = harness.run(honest, arena, hostile_pool)
        assert outcome.reached == ()
        assert outcome.earns("all"), outcome.text
