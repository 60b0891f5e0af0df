"""Freezing: parameters that keep still while others learn.

Whoever fine-tunes a network that somebody else trained often lets only its last layers learn: the
others are frozen. In torch a parameter is frozen by turning its requires_grad off. Autograd then
computes no gradient for it, and the optimiser has nothing to move it by.

requires_grad is a property of that one tensor object. `p.detach()` is another tensor, which shares
the values and does not require grad; p itself still does, and still learns. So freezing means
changing the tensors that the caller holds, not making frozen copies of them.

Leaves and requires_grad are two different things. Every tensor that does not come out of a recorded
operation is a leaf, and a leaf may require grad or not. Only on leaves may the flag be changed.

Names say which parameters belong together: "encoder.0.weight", "encoder.0.bias", "head.weight".
A prefix picks a part of the network, letter for letter, at the start of the name only.

Worked example: of the parameters "encoder.weight", "head.weight" and "my.encoder.bias", all
trainable, the prefix "encoder" freezes the first; the answer is ["head.weight", "my.encoder.bias"].
"""

from torch import Tensor


def freeze(parameters: dict[str, Tensor], prefix: str) -> list[str]:
    """Freezes the parameters whose names start with ``prefix``; says which ones still learn.

    Args:
        parameters: name → leaf tensor of floats, any shape. Some may be frozen already; some may
            hold a gradient. The tensors themselves are to be frozen: the dict keeps the objects
            that it came with, and their values and ``.grad`` stay as they are.
        prefix: plain text, no pattern. The empty prefix is the start of every name.

    Returns:
        The names of the parameters that require grad afterwards, in the order of the dict. What was
        frozen before stays frozen, and is not among them.
    """
    raise NotImplementedError
