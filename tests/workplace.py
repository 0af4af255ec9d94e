"""Where the tests of one run put what they make: one folder for all its processes, in memory where there is room.

A record on SQLite waits for the disk at every commit: for the program a promise, for thousands of tests a wait of
milliseconds each that proves nothing, since none of them cuts the power. The folder is removed at the end; whoever
wants to look at files afterwards names a place by `--basetemp`.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")  # noqa: S108 (Linux: files in memory)
ROOM = 6 * 2**30  # bytes that must be free, of the folder and of the machine: less is a small machine's own
_FOLDER = "DINGZE_TEST_FOLDER"
_made: list[Path] = []


def choose(config: pytest.Config) -> None:
    """Make the folder, in the process that starts the others, as the place of what tests make."""
    if _FOLDER not in os.environ:
        _made.append(Path(tempfile.mkdtemp(prefix="dingze-tests-", dir=MEMORY if _room() >= ROOM else None)))
        os.environ[_FOLDER] = str(_made[0])
    if not config.option.basetemp:
        config.option.basetemp = str(folder() / "pytest")


def folder() -> Path:
    """The folder of this run."""
    return Path(os.environ[_FOLDER])


def indexes() -> Path:
    """The indexes of register editions, each under its edition's digest. The sample city's takes seconds of work:
    whoever builds it first spares the others, and a loaded city is copied without it."""
    return folder() / "indexes"


def forget() -> None:
    """Remove it, where it was made."""
    while _made:
        shutil.rmtree(_made.pop(), ignore_errors=True)
        os.environ.pop(_FOLDER, None)


def _room() -> int:
    """Bytes free in memory; 0 where that is not told."""
    try:
        told = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
        return min(shutil.disk_usage(MEMORY).free, int(told["MemAvailable"].split()[0]) * 1024)
    except (OSError, KeyError):
        return 0
