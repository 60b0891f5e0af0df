"""What is told to the instructor: what a text cannot decide, and what reaches for the machine.

A flag costs nothing. Each entry says what is done, as a clause after "it".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final


@dataclass(frozen=True, slots=True)
class Danger:
    """What a file does, and why the text cannot decide it; no reason if it reaches out."""

    what: str
    why: str = ""


_INTO_FRAMES: Final = "through frames and code objects any function can be reached"
_UNPICKLED: Final = "what is loaded may be any function"
_TRACED: Final = "it can change what runs without a trace in the text"
_NOT_FOLLOWED: Final = "what stands in an annotation is not followed"
_BY_TEXT: Final = "it finds anything by a text"
_RUNS: Final = "what it runs is not written out"
_ALL_AT_ONCE: Final = "it gives everything that there is"

_UNDECIDED: Final = (
    ("reads frames", _INTO_FRAMES, "sys._getframe sys._current_frames"),
    ("reads frames", _INTO_FRAMES, "inspect.currentframe inspect.stack inspect.trace"),
    ("builds functions from code", _INTO_FRAMES, "types.CodeType types.FunctionType"),
    ("uses the gc module", _ALL_AT_ONCE, "gc"),
    ("sets a trace function", _TRACED, "sys.settrace sys.setprofile sys.monitoring"),
    ("uses unittest.mock", _TRACED, "unittest.mock"),
    ("uses torch.library", _TRACED, "torch.library"),
    ("finds things by a text", _BY_TEXT, "string.Formatter pydoc logging.config torch._utils"),
    ("finds operations by a text", _BY_TEXT, "torch._C._jit_get_operation"),
    ("runs a text or another file", _RUNS, "timeit doctest runpy codeop code importlib.reload"),
    ("uses a profiler or debugger", _RUNS, "cProfile profile bdb pdb trace"),
    ("loads marshalled code", _UNPICKLED, "marshal"),
    ("uses pickle", _UNPICKLED, "pickle _pickle cloudpickle dill shelve"),
    ("uses torch.load", _UNPICKLED, "torch.load torch.jit.load torch.package"),
    ("imports by a text", _BY_TEXT, "importlib.machinery importlib.util pkgutil"),
    ("lists what there is", _ALL_AT_ONCE, "inspect.getmembers torch._C._jit_get_all_schemas"),
    ("lists what there is", _ALL_AT_ONCE, "torch._C._dispatch_get_all_op_names torch.overrides"),
    ("uses exec", _RUNS, "builtins.exec"),
    ("uses eval", _RUNS, "builtins.eval"),
    ("uses compile", _RUNS, "builtins.compile"),
    ("compiles TorchScript", _RUNS, "torch.jit.CompilationUnit"),
    ("reads annotations", _NOT_FOLLOWED, "typing.get_type_hints inspect.signature"),
)

_MACHINE: Final = {
    "starts a program": "subprocess _posixsubprocess pty webbrowser asyncio.create_subprocess_exec",
    "starts a process": "multiprocessing torch.multiprocessing concurrent.futures.process",
    "opens a socket": "socket _socket socketserver ssl asyncio.open_connection",
    "uses the network": "urllib.request http smtplib requests torch.hub torch.distributed",
    "uses ctypes": "ctypes _ctypes numpy.ctypeslib",
    "compiles machine code": "cffi numba.cfunc torch.utils.cpp_extension",
    "loads a library": "torch.ops.load_library torch.classes.load_library",
    "uses signals": "signal",
    "works on the system": "posix nt resource mmap fcntl select selectors",
    "works on files": "shutil tempfile pathlib fileinput glob",
    "opens a file": "builtins.open io.open io.FileIO _io codecs.open numpy.fromfile numpy.memmap",
    "writes a file": "torch.save numpy.save numpy.savez numpy.savetxt",
    "reaches into the grader": "grader.worker grader.wire grader.pool grader.judge __main__",
}
_OF_OS: Final = {
    "starts a process": "fork forkpty posix_spawn posix_spawnp",
    "starts a program": "system popen execl execle execlp execv execve execvp spawnl spawnv",
    "ends a process": "kill killpg abort _exit",
    "works on files": "open fdopen remove unlink rename replace rmdir mkdir makedirs chmod link",
    "looks at folders": "listdir scandir walk fwalk",
}
# The rest of os works on the system, but for these.
_HARMLESS: Final = "environ path getenv cpu_count getcwd getpid sep linesep name fspath PathLike"

_WAYS_IN: Final = (
    "__globals__ __code__ __closure__ __subclasses__ f_globals f_locals f_builtins f_back f_code "
    "tb_frame gi_frame cr_frame ag_frame gi_code __loader__"
)
INSIDES: Final = {
    **{name: Danger(f"reads {name}", _INTO_FRAMES) for name in _WAYS_IN.split()},
    "__annotations__": Danger("reads annotations", _NOT_FOLLOWED),
    "__getattribute__": Danger("looks up a name", _BY_TEXT),
}
"""What leads out of what a text names, as an attribute of whatever it belongs to."""

_ALL: Final = {
    **{path: Danger(what, why) for what, why, paths in _UNDECIDED for path in paths.split()},
    **{path: Danger(what) for what, paths in _MACHINE.items() for path in paths.split()},
    **{f"os.{name}": Danger(what) for what, names in _OF_OS.items() for name in names.split()},
}


@lru_cache(maxsize=4096)
def danger(path: str) -> Danger | None:
    """What is dangerous about a full name, or about a module that it stands in."""
    known = path
    while known and known not in _ALL:
        known = known.rpartition(".")[0]
    if not known and path.startswith("os.") and path.split(".")[1] not in _HARMLESS.split():
        return Danger("works on the system")
    return _ALL.get(known)
