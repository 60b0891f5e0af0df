"""What is told to the instructor: what a text cannot decide, and what reaches for the machine.

A flag costs nothing. Each entry says what is done, as a clause after "it".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final


@dataclass(frozen=True, slots=True)
class Danger:
    """Something worth a flag.

    Attributes:
        what: such as ``uses exec``.
        why: why a text cannot decide what comes of it; empty if it reaches for the machine.
        root: the module, so that its import is not told beside its use.
    """

    what: str
    why: str = ""
    root: str = ""

    @property
    def of_machine(self) -> bool:
        """Whether it concerns every exercise, not only those that forbid something."""
        return not self.why


_INTO_FRAMES: Final = "through frames and code objects any function can be reached"
_UNPICKLED: Final = "what is loaded may be any function"
_TRACED: Final = "it can change what runs without a trace in the text"
_NOT_FOLLOWED: Final = "what stands in an annotation is not followed"
_BY_TEXT: Final = "it finds anything by a text"
_ALL_OPERATIONS: Final = "it gives every operation at once"

_UNDECIDED: Final[dict[str, tuple[str, str]]] = {
    "sys._getframe": ("reads frames", _INTO_FRAMES),
    "sys._current_frames": ("reads frames", _INTO_FRAMES),
    "inspect.currentframe": ("reads frames", _INTO_FRAMES),
    "inspect.stack": ("reads frames", _INTO_FRAMES),
    "inspect.trace": ("reads frames", _INTO_FRAMES),
    "inspect.getmembers": ("uses inspect.getmembers", "it gives everything that a module holds"),
    "types.CodeType": ("builds code objects", _INTO_FRAMES),
    "types.FunctionType": ("builds functions from code objects", _INTO_FRAMES),
    "types.LambdaType": ("builds functions from code objects", _INTO_FRAMES),
    "gc": ("uses the gc module", "it can give any object there is"),
    "weakref.getweakrefs": ("uses weak references", "it can give any object there is"),
    "sys.settrace": ("sets a trace function", _TRACED),
    "sys.setprofile": ("sets a profile function", _TRACED),
    "sys.monitoring": ("uses sys.monitoring", _TRACED),
    "threading.settrace": ("sets a trace function", _TRACED),
    "threading.setprofile": ("sets a profile function", _TRACED),
    "unittest.mock": ("uses unittest.mock", _TRACED),
    "string.Formatter": ("uses string.Formatter", _BY_TEXT),
    "pydoc": ("uses pydoc", _BY_TEXT),
    "logging.config": ("uses logging.config", _BY_TEXT),
    "torch._utils": ("uses torch._utils", _BY_TEXT),
    "timeit": ("uses timeit", "what it runs may be a text"),
    "doctest": ("uses doctest", "what it runs is a text"),
    "cProfile": ("uses a profiler", "what it runs may be a text"),
    "profile": ("uses a profiler", "what it runs may be a text"),
    "bdb": ("uses a debugger", "what it runs may be a text"),
    "pdb": ("uses a debugger", "what it runs may be a text"),
    "trace": ("uses the trace module", "what it runs may be a text"),
    "marshal": ("loads marshalled code", _UNPICKLED),
    "pickle": ("uses pickle", _UNPICKLED),
    "_pickle": ("uses pickle", _UNPICKLED),
    "cloudpickle": ("uses pickle", _UNPICKLED),
    "dill": ("uses pickle", _UNPICKLED),
    "shelve": ("uses pickle", _UNPICKLED),
    "runpy": ("uses runpy", "what it runs is not in this file"),
    "codeop": ("uses codeop", "what it compiles is not in the text"),
    "code": ("uses the code module", "what it runs is not in the text"),
    "importlib.machinery": ("uses importlib.machinery", "what it imports cannot be told"),
    "importlib.util": ("uses importlib.util", "what it imports cannot be told"),
    "importlib.reload": ("reloads a module", "what it runs is not in this file"),
    "pkgutil": ("uses pkgutil", "what it imports cannot be told"),
    "torch.load": ("uses torch.load", _UNPICKLED),
    "torch.jit.load": ("loads compiled code", _UNPICKLED),
    "torch.package": ("uses torch.package", _UNPICKLED),
    "torch.overrides.get_overridable_functions": ("lists torch's functions", _ALL_OPERATIONS),
    "torch.overrides.get_testing_overrides": ("lists torch's functions", _ALL_OPERATIONS),
    "torch._C._jit_get_all_schemas": ("lists torch's operations", _ALL_OPERATIONS),
    "torch._C._dispatch_get_all_op_names": ("lists torch's operations", _ALL_OPERATIONS),
    "torch.library": ("uses torch.library", "it can give an operation another meaning"),
    "typing.get_type_hints": ("reads annotations", _NOT_FOLLOWED),
    "inspect.get_annotations": ("reads annotations", _NOT_FOLLOWED),
    "inspect.signature": ("reads signatures", _NOT_FOLLOWED),
}  # fmt: skip

_MACHINE: Final[dict[str, str]] = {
    "subprocess": "starts a program",
    "_posixsubprocess": "starts a program",
    "pty": "starts a program",
    "multiprocessing": "starts a process",
    "torch.multiprocessing": "starts a process",
    "concurrent.futures.ProcessPoolExecutor": "starts a process",
    "torch.distributed": "uses torch.distributed",
    "socket": "opens a socket",
    "_socket": "opens a socket",
    "socketserver": "opens a socket",
    "ssl": "opens a socket",
    "select": "waits for descriptors",
    "selectors": "waits for descriptors",
    "urllib.request": "uses the network",
    "http": "uses the network",
    "ftplib": "uses the network",
    "smtplib": "uses the network",
    "xmlrpc": "uses the network",
    "requests": "uses the network",
    "httpx": "uses the network",
    "webbrowser": "starts a program",
    "asyncio.open_connection": "opens a socket",
    "asyncio.create_subprocess_exec": "starts a program",
    "asyncio.create_subprocess_shell": "starts a program",
    "ctypes": "uses ctypes",
    "_ctypes": "uses ctypes",
    "numpy.ctypeslib": "uses ctypes",
    "cffi": "uses cffi",
    "numba.cfunc": "compiles machine code",
    "torch.utils.cpp_extension": "compiles machine code",
    "torch.ops.load_library": "loads a library",
    "torch.classes.load_library": "loads a library",
    "torch.hub": "uses torch.hub",
    "signal": "uses signals",
    "resource": "changes the limits of the process",
    "mmap": "maps memory",
    "fcntl": "works on descriptors",
    "shutil": "works on files",
    "tempfile": "works on files",
    "pathlib": "works on files",
    "fileinput": "works on files",
    "glob": "looks at folders",
    "builtins.open": "opens a file",
    "io.open": "opens a file",
    "io.FileIO": "opens a file",
    "_io.open": "opens a file",
    "codecs.open": "opens a file",
    "torch.save": "writes a file",
    "numpy.save": "writes a file",
    "numpy.savez": "writes a file",
    "numpy.savetxt": "writes a file",
    "numpy.memmap": "maps a file",
    "numpy.fromfile": "opens a file",
    "grader.worker": "reaches into the grader",
    "grader.wire": "reaches into the grader",
    "grader.pool": "reaches into the grader",
    "grader.judge": "reaches into the grader",
    "__main__": "reaches into the grader",
}

_OF_OS: Final[dict[str, str]] = {
    "starts a process": "fork forkpty posix_spawn posix_spawnp register_at_fork",
    "starts a program": (
        "system popen startfile execl execle execlp execlpe execv execve execvp execvpe spawnl "
        "spawnle spawnlp spawnlpe spawnv spawnve spawnvp spawnvpe"
    ),
    "ends a process": "kill killpg abort _exit pidfd_open",
    "works on files": (
        "open openpty fdopen remove unlink rename renames replace rmdir removedirs mkdir makedirs "
        "link symlink readlink truncate chmod chown lchown chroot chdir fchdir mkfifo mknod utime "
        "setxattr copy_file_range sendfile memfd_create"
    ),
    "looks at folders": "listdir scandir walk fwalk",
    "works on descriptors": (
        "read write pread pwrite readv writev dup dup2 pipe pipe2 close closerange lseek fstat "
        "ftruncate set_inheritable eventfd"
    ),
    "changes the process": (
        "setuid setgid setsid setpgid setpgrp setpriority nice sched_setaffinity putenv unsetenv "
        "umask setns unshare"
    ),
}

_WAYS_IN: Final = (
    "__globals__ __code__ __closure__ __subclasses__ f_globals f_locals f_builtins f_back f_code "
    "tb_frame gi_frame cr_frame ag_frame gi_code __loader__"
)
INSIDES: Final[dict[str, Danger]] = {
    **{name: Danger(f"reads {name}", _INTO_FRAMES) for name in _WAYS_IN.split()},
    "__annotations__": Danger("reads annotations", _NOT_FOLLOWED),
}
"""What leads out of what a text names, as an attribute of whatever it belongs to."""

RUNS_TEXT: Final[dict[str, str]] = {
    "builtins.exec": "uses exec",
    "builtins.eval": "uses eval",
    "builtins.compile": "uses compile",
    "torch.jit.CompilationUnit": "compiles TorchScript",
}
"""What runs a text that it is given as its first argument."""

FINDS_BY_NAME: Final = frozenset(
    {"builtins.getattr", "inspect.getattr_static", "builtins.setattr", "builtins.delattr"}
)
"""What finds an attribute by a text that it is given as its second argument."""

GETTERS: Final = frozenset({"operator.attrgetter", "operator.methodcaller"})
"""What makes a function that finds an attribute by the text given as its first argument."""

IMPORTS: Final = frozenset(
    {"importlib.import_module", "builtins.__import__", "importlib.__import__"}
)
"""What imports a module by a text that it is given as its first argument."""


def _all_dangers() -> dict[str, Danger]:
    found = {
        path: Danger(what, why, path.partition(".")[0]) for path, (what, why) in _UNDECIDED.items()
    }
    found |= {path: Danger(what, "", path) for path, what in _MACHINE.items()}
    for what, names in _OF_OS.items():
        for name in names.split():
            for module in ("os", "posix", "nt"):
                found[f"{module}.{name}"] = Danger(what, "", "os")
    return found


_ALL: Final = _all_dangers()


@lru_cache(maxsize=4096)
def danger(path: str) -> Danger | None:
    """What is dangerous about a full name, or about a module that it stands in."""
    while path:
        if path in _ALL:
            return _ALL[path]
        path = path.rpartition(".")[0]
    return None
