"""Steps of small deterministic models, handed to the functions of this topic.

Each is called as ``logits, state = step(token, state)`` and keeps a `record` of the tokens it was
fed, one list per call.
"""

import torch

MOST_CALLS = 1000


class Step:
    """What all steps share: they check what they are fed, and write it down."""

    def __init__(self):
        self.record = []

    def __call__(self, token, state):
        """The logits (B, V) of the next token, and the state that has read ``token`` (B,)."""
        if not isinstance(token, torch.Tensor) or token.dtype != torch.int64 or token.dim() != 1:
            raise ValueError("step takes a LongTensor of shape (B,), one token per sequence")
        if len(token) != len(state):
            raise ValueError(f"step got {len(token)} tokens and a state of {len(state)} sequences")
        if len(self.record) == MOST_CALLS:
            raise RuntimeError(f"step was called {MOST_CALLS} times: what ends your loop?")
        self.record.append(token.tolist())
        return self.advance(token, state)


class RecurrentStep(Step):
    """A recurrent network: the state (B, H) holds all that was read.

    Args:
        embedding: (V, H), one row per token.
        recurrent: (H, H).
        output: (V, H), from states to logits.
    """

    def __init__(self, embedding, recurrent, output):
        super().__init__()
        self.embedding, self.recurrent, self.output = embedding, recurrent, output

    def advance(self, token, state):
        """Reads one token per sequence."""
        state = torch.tanh(self.embedding[token] + state @ self.recurrent.T)
        return state @ self.output.T, state


class TableStep(Step):
    """A table: the logits depend on the last token and on how many were read before it.

    Args:
        table: (N, V, V); entry [n, token] holds the logits after ``token`` was read as number n.
    """

    def __init__(self, table):
        super().__init__()
        self.table = table

    def advance(self, token, state):
        """Reads one token; the state (1,) counts."""
        return self.table[state % len(self.table), token], state + 1
