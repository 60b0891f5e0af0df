"""What is imported ahead of time where no worker may open a file.

A module is read from the disk when it is first imported. Where the kernel has no Landlock, workers
open nothing at all, so everything that learners usually import must be in the warm process already.
"""

from __future__ import annotations

import contextlib
import importlib
from typing import Final

_STANDARD: Final = """
    __future__ abc array bisect cmath collections collections.abc colorsys contextlib copy copyreg
    csv dataclasses datetime decimal difflib enum fractions functools gc heapq inspect io itertools
    json keyword linecache logging math numbers operator os os.path pathlib pprint queue random re
    statistics string struct sys textwrap threading time timeit tokenize traceback types typing
    unittest unittest.mock warnings weakref concurrent.futures concurrent.futures.thread doctest
    encodings.ascii encodings.idna encodings.latin_1 hashlib secrets tempfile uuid zlib
"""

_ARRAYS: Final = """
    numpy numpy.fft numpy.lib numpy.linalg numpy.ma numpy.polynomial numpy.random numpy.testing
    numpy.typing
    torch torch.autograd torch.autograd.forward_ad torch.autograd.functional
    torch.autograd.gradcheck torch.autograd.graph torch.distributions torch.fft torch.func
    torch.linalg torch.masked torch.nested torch.nn torch.nn.functional torch.nn.init
    torch.nn.parameter torch.nn.utils torch.nn.utils.clip_grad torch.nn.utils.parametrizations
    torch.nn.utils.parametrize torch.nn.utils.rnn torch.nn.utils.stateless torch.optim
    torch.optim.lr_scheduler torch.optim.swa_utils torch.special torch.testing torch.utils
    torch.utils.checkpoint torch.utils.data torch.utils.data.dataloader torch.utils.hooks
    sympy torch._dynamo torch._dynamo.eval_frame torch.fx.experimental.symbolic_shapes
    torch._functorch.apis torch._functorch.eager_transforms torch._functorch.vmap
    torch._subclasses.fake_tensor torch._subclasses.schema_check_mode
"""

_OWN: Final = "grader grader.exercise grader.compare.statistics grader.pictures"


def preload() -> None:
    """Imports all of it; what this version does not have is left out."""
    for name in (_STANDARD + _ARRAYS + _OWN).split():
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
