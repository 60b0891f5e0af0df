"""What a learner's threads do is seen like what the call itself does."""

from __future__ import annotations

import pytest
import torch

from grader.pool import Report

X = torch.arange(1.0, 4.0, dtype=torch.float64)

POOL = "from concurrent.futures import ThreadPoolExecutor"


def in_thread(run, body: str, *forbids: str) -> Report:
    """The report on a function whose body is one line."""
    source = f"import _thread, queue, threading, torch\n{POOL}\ndef f(x):\n    {body}"
    return run(source, {"x": X}, gradients=["x"], forbids=forbids)


@pytest.mark.parametrize(
    "body",
    [
        "return ThreadPoolExecutor(1).submit(torch.cumsum, x, 0).result()",
        "q = queue.Queue(); threading.Thread(target=lambda: q.put(x.cumsum(0))).start(); "
        "return q.get()",
        "q = queue.Queue(); _thread.start_new_thread(lambda: q.put(x.cumsum(0)), ()); "
        "return q.get()",
    ],
)
def test_forbidden_operations_in_threads_are_seen(run, body: str) -> None:
    """Also where the thread's own stack holds nothing of the learner's file: by who started it."""
    (answer,) = in_thread(run, body, "cumsum").answers
    assert [(use.name, use.line) for use in answer.forbidden][:1] == [("cumsum", 4)]


def test_operations_in_threads_are_counted(run) -> None:
    """They have the line that started the thread; values and gradients are what they were."""
    (answer,) = in_thread(
        run, "return ThreadPoolExecutor(1).submit(torch.cumsum, x, 0).result()"
    ).answers
    assert answer.raised is None
    assert answer.forbidden == ()
    assert [(each.name, each.line) for each in answer.operations] == [("aten::cumsum", 4)]
    assert answer.gradients is not None
    assert answer.gradients[0]["x"] is not None


def test_a_tensor_that_computes_itself_when_it_is_read(run) -> None:
    """What a subclass does in torch's place is seen, also after the call."""
    source = """
        import torch
        class Later(torch.Tensor):
            @staticmethod
            def __new__(cls, x):
                later = torch.Tensor._make_wrapper_subclass(cls, x.shape, dtype=x.dtype)
                later.x = x
                return later
            @classmethod
            def __torch_dispatch__(cls, function, types, arguments=(), options=None):
                now = [a.x.cumsum(0) if isinstance(a, Later) else a for a in arguments]
                return function(*now, **(options or {}))
        def f(x):
            return Later(x)
    """
    (answer,) = run(source, {"x": X}, forbids=["cumsum"]).answers
    assert [use.name for use in answer.forbidden] == ["cumsum"]
