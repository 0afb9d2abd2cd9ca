"""Confines this process to its folder, by the kernel: whatever SQL asks for, other files and addresses are not there.

The embedded engine trusts its caller: the function `file()`, expressions among an INSERT's VALUES, format templates,
disks described in SQL and more would read and write the machine's files past every grant. Linux's Landlock takes that
away for all threads that start after `confine`. Elsewhere (other systems, old kernels) only the grants and the
parser's refusals hold.
"""

import ctypes
import logging
import os
import platform
import struct
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

logger = logging.getLogger(__name__)

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_MACHINES = {"x86_64", "aarch64"}
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_NO_NEW_PRIVILEGES = 38

_WRITE_FILE, _READ_FILE, _READ_FOLDER = 1 << 1, 1 << 2, 1 << 3
_EVERYTHING = (1 << 13) - 1
# What later versions of Landlock know besides: moving between folders, truncating, device calls.
_SINCE = {2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
_OF_FILES = 1 | _WRITE_FILE | _READ_FILE | 1 << 14 | 1 << 15
_TCP = 0b11

# What the engine looks at in the machine: its memory, its processors, its time zone, where its own code and stack lie.
_FACTS = (
    *(
        "/proc/meminfo",
        "/proc/cpuinfo",
        "/proc/stat",
        "/proc/loadavg",
        "/proc/uptime",
        "/proc/sys/vm/overcommit_memory",
    ),
    *("/sys/fs/cgroup", "/sys/devices/system", "/etc/localtime", "/etc/timezone", "/usr/share/zoneinfo"),
    *("/dev/urandom", "/dev/random", "/dev/zero"),
    *("/proc/self/maps", "/proc/self/auxv", "/sys/kernel/mm/transparent_hugepage/enabled", "/etc/ld.so.cache"),
)


def confine(folder: Path) -> bool:
    """Leave threads that start from now on `folder`, what Python needs, and no TCP; whether the kernel can.

    Sockets and files that are open stay open.
    """
    version = _version()
    if version < 1:
        logger.warning("no confinement reason=%s", "this system has no Landlock: SQL is held by grants only")
        return False
    rights = _EVERYTHING | sum(right for since, right in _SINCE.items() if version >= since)
    ruleset = _create(rights, _TCP if version >= 4 else 0)
    try:
        _allow(ruleset, [folder], rights)
        _allow(ruleset, [Path("/dev/null")], (_READ_FILE | _WRITE_FILE | _SINCE[3]) & rights)
        _allow(ruleset, [*_libraries(), *map(Path, _FACTS)], _READ_FILE | _READ_FOLDER)
        _check(_libc().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
        _check(_call(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)
    return True


def refuse_threads() -> None:
    """Make sure that nothing runs yet that `confine` would leave outside.

    Raises:
        RuntimeError: if this process has started threads: a module was imported too early.
    """
    tasks = Path("/proc/self/task")
    if tasks.is_dir() and len(list(tasks.iterdir())) > 1:
        raise RuntimeError("threads run before the process is confined: import nothing that starts any before that")


def _libraries() -> list[Path]:
    """Where modules may still be loaded from; not the folders of `sys.path` at large, which hold anything."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    paths = [Path(sysconfig.get_path(name)) for name in names]
    # The engine reads the symbols of what is loaded: the interpreter itself, too.
    interpreter = [Path(sys.executable).resolve(), Path(sys.base_prefix, "lib")]
    return [*paths, Path(__file__).parent, *interpreter, Path("/usr/lib"), Path("/lib"), Path("/lib64")]


def _allow(ruleset: int, paths: Iterable[Path], rights: int) -> None:
    for path in paths:
        if not path.exists():
            continue
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            rule = struct.pack("=Qi", rights if path.is_dir() else rights & _OF_FILES, place)
            _check(_call(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0))
        finally:
            os.close(place)


def _create(rights: int, net: int) -> int:
    attributes = struct.pack("=QQ", rights, net) if net else struct.pack("=Q", rights)
    return _check(_call(_CREATE_RULESET, attributes, len(attributes), 0))


def _version() -> int:
    if sys.platform != "linux" or platform.machine() not in _MACHINES:
        return 0
    return _call(_CREATE_RULESET, None, 0, _VERSION_FLAG)


def _call(number: int, *arguments: int | bytes | None) -> int:
    typed = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    result: int = _libc().syscall(ctypes.c_long(number), *typed)
    return result


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Landlock: {os.strerror(number)}")
    return result
