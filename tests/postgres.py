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
from contextlib import contextmanager
from itertools import count
from pathlib import Path

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
    binaries = _binaries()
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="dingze-pg-", dir="/tmp"))  # a socket's path must be short
    try:
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        with _running(binaries, folder, account, durable=durable):
            yield f"postgresql://dingze@/postgres?host={folder}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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


@contextmanager
def _running(binaries: Path, folder: Path, account: pwd.struct_passwd | None, *, durable: bool) -> Iterator[None]:
    user = account.pw_uid if account else None
    group = account.pw_gid if account else None
    extra: list[int] | None = [] if account else None
    data = folder / "data"
    log = folder / "log"
    made = subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "dingze", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"],
        user=user, group=group, extra_groups=extra, cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode:
        raise NoServer(f"initdb failed: {made.stderr.strip()}")
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "max_connections": "200",
        "fsync": "on" if durable else "off",
        "shared_buffers": "128MB",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with log.open("w") as output:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", data, *options],
            user=user, group=group, extra_groups=extra, cwd=folder, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        _wait(process, folder, log)
        yield
    finally:
        process.send_signal(signal.SIGINT)  # "fast": ends open sessions
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


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
