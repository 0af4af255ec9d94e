"""A real PostgreSQL server for tests and benchmarks: Debian's binaries in a temporary folder, or a URL that is given.

The server listens on a Unix socket only, in a folder of its own. PostgreSQL refuses to run as root, so root starts it
as `postgres` or `nobody`.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

FOLDERS = "/usr/lib/postgresql"  # Debian: one folder a version
CHOSEN = "DINGZE_TEST_CHOSEN_URL"
_names = count(1)


class NoServer(Exception):
    """No PostgreSQL can be had here; the text says why."""


def choose() -> None:
    """Take a PostgreSQL server that `DINGZE_DATABASE_URL` names as the place of every test that can lie on either
    database, and hide the name from the program: no test may write into a database that somebody else uses."""
    named = os.environ.pop("DINGZE_DATABASE_URL", "")
    if named.startswith("postgres"):
        os.environ[CHOSEN] = os.environ["DINGZE_TEST_DATABASE_URL"] = named


def chosen() -> str | None:
    """The server that the tests of the whole program lie on; None for SQLite."""
    return os.environ.get(CHOSEN)


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """The URL of a running server's `postgres` database, where databases may be made. Raises NoServer.

    `durable` keeps fsync on: for benchmarks that must be honest.
    """
    given = os.environ.get("DINGZE_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with cluster(durable=durable) as own:
        yield own.url


@contextmanager
def database(server_url: str, template: str = "template0") -> Iterator[str]:
    """The URL of a fresh copy of a database on that server, by default an empty one; dropped afterwards."""
    name = f"dingze_test_{os.getpid()}_{next(_names)}"
    admin = server_url.replace("postgresql+psycopg:", "postgresql:")
    with psycopg.connect(admin, autocommit=True) as connection:
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'")
        connection.execute(made.format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _binaries() -> Path:
    found = sorted(Path(FOLDERS).glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    initdb = str(found[-1]) if found else shutil.which("initdb")
    if initdb is None:
        raise NoServer("no PostgreSQL binaries (Debian: apt-get install postgresql) and no DINGZE_TEST_DATABASE_URL")
    return Path(initdb).parent


def _account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoServer("root may not run PostgreSQL, and there is neither a postgres nor a nobody account")


class Cluster:
    """One server of our own: it can be stopped, killed and started again on its data, at the same address."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self._folder = folder
        self._binaries = _binaries()
        self._account = _account()
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql://dingze@/postgres?host={folder}"
        if self._account is not None:
            os.chown(folder, self._account.pw_uid, self._account.pw_gid)
        made = subprocess.run(
            [
                self._binaries / "initdb", "-D", folder / "data", "-U", "dingze", "-A", "trust", "-E", "UTF8",
                "--no-locale", "--no-sync", *([] if durable else ["--wal-segsize=1"]),
            ],
            **self._as(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode:
            raise NoServer(f"initdb failed: {made.stderr.strip()}")

    def _as(self) -> dict[str, Any]:
        if self._account is None:
            return {"cwd": self._folder}
        return {
            "user": self._account.pw_uid,
            "group": self._account.pw_gid,
            "extra_groups": [],
            "cwd": self._folder,
        }

    def start(self) -> None:
        """Start it and wait until it answers. Raises NoServer."""
        log = self._folder / "log"
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._folder),
            "max_connections": "200",
            "fsync": "on" if self._durable else "off",
            "shared_buffers": "128MB",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with log.open("a") as output:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._folder / "data", *options],
                **self._as(), stdout=output, stderr=output,
            )  # fmt: skip
        _wait(self._process, self._folder, log)

    @contextmanager
    def full(self, room: int) -> Iterator[None]:
        """No file of the server grows beyond its largest now and so many bytes: to the server a full disk.

        The limit is that of each of its processes, set by `prlimit` as the account they run as. Log segments of 1 MB
        stay below it: it is tables that do not grow.
        """
        sizes = []
        for path in (self._folder / "data").rglob("*"):
            with suppress(FileNotFoundError):  # the server removes files meanwhile
                sizes.append(path.stat().st_size)
        self._limit(str(max(sizes) + room))
        try:
            yield
        finally:
            self._limit("")

    def _limit(self, size: str) -> None:
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for pid in (str(self._process.pid), *children):  # its own first: a session opened meanwhile takes it over
            command = ["prlimit", "--pid", pid, f"--fsize={size or 'unlimited'}:"]
            done = subprocess.run(command, **self._as(), capture_output=True, text=True, check=False)
            assert not done.returncode or not Path(f"/proc/{pid}").exists(), done.stderr

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends open sessions and stops in order ("fast"); SIGQUIT is as good as a power cut ("immediate")."""
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """A running server of our own, for whoever wants to stop it. Raises NoServer."""
    folder = Path(tempfile.mkdtemp(prefix="dingze-pg-", dir="/tmp"))  # a socket's path must be short
    try:
        made = Cluster(folder, durable=durable)
        try:
            made.start()
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], folder: Path, log: Path) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(f"postgresql://dingze@/postgres?host={folder}").close()
            return
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > until:
                raise NoServer(f"postgres did not start: {log.read_text()[-500:]}") from error
            time.sleep(0.1)
