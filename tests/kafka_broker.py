"""A real Apache Kafka in KRaft mode for tests and benchmarks: jars that Maven resolves, on loopback ports.

The jars come from `kafka_broker.pom.xml` into `var/kafka` once; afterwards nothing is asked of anybody. The broker
keeps its log in a temporary folder, formatted with Kafka's own storage tool. `DINGZE_TEST_KAFKA` names another one.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

POM = Path(__file__).with_name("kafka_broker.pom.xml")
CACHE = Path(__file__).parent.parent / "var" / "kafka"
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
_LEAN = ("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8")
ACCOUNT, PASSWORD = "dingze", "only-for-tests"  # of the door that asks for one
GUARDED: dict[str, str] = {}  # of a broker of our own: its open address, and that of the door with a password (SASL)
PATIENCE = 240.0  # seconds: a Java machine starts slowly beside other work
_CLUSTER = "ZGluZ3plLXRlc3Qtb25lMQ"  # sixteen bytes, as Kafka writes a UUID


class NoBroker(Exception):
    """No Kafka can be had here; the text says why."""


class Broker:
    """One broker of our own: it can be stopped, killed and started again on its log, at the same address."""

    def __init__(self, jars: Path, folder: Path) -> None:
        self._jars = jars
        self._folder = folder
        self._port, controller, guarded = _free_port(), _free_port(), _free_port()
        self.servers = f"127.0.0.1:{self._port}"
        GUARDED[self.servers] = f"127.0.0.1:{guarded}"
        self._process: subprocess.Popen[bytes] | None = None
        self._was_up = False
        self._settings = folder / "server.properties"
        self._settings.write_text(
            "\n".join(f"{name}={value}" for name, value in _settings(self._port, controller, guarded, folder).items())
        )
        made = self._java("kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", str(self._settings))
        if made.returncode:
            raise NoBroker(f"the storage tool failed: {(made.stderr or made.stdout)[-500:]!r}")

    def start(self) -> None:
        """Start it and wait until it answers. Raises NoBroker; AssertionError for one that was up and stays away."""
        log = self._folder / "broker.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                ["java", *_LEAN, "-cp", f"{self._jars}/*", "kafka.Kafka", str(self._settings)],
                stdout=output, stderr=output, cwd=self._folder,
            )  # fmt: skip
        until = time.monotonic() + PATIENCE
        while not _answers(self._port):
            if self._process.poll() is not None or time.monotonic() > until:
                said = log.read_text(errors="replace")[-800:]
                assert not self._was_up, f"Kafka did not come back ({self._process.poll()}): {said}"
                raise NoBroker(f"Kafka did not start: {said}")
            time.sleep(0.2)
        self._was_up = True

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop it in order, or kill it."""
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _java(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = ["java", *_LEAN, "-cp", f"{self._jars}/*", *arguments]
        return subprocess.run(command, capture_output=True, check=False, timeout=120, cwd=self._folder)


@contextmanager
def broker() -> Iterator[Broker]:
    """A running broker of our own. Raises NoBroker."""
    jars = _jars()
    folder = Path(tempfile.mkdtemp(prefix="dingze-kafka-", dir="/tmp"))
    try:
        made = Broker(jars, folder)
        try:
            made.start()
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def servers() -> Iterator[str]:
    """The address of a broker: the one that is given, else one of our own. Raises NoBroker."""
    given = os.environ.get("DINGZE_TEST_KAFKA")
    if given:
        yield given
        return
    with broker() as made:
        yield made.servers


def _jars() -> Path:
    folder = CACHE / f"jars-{sha256(POM.read_bytes()).hexdigest()[:12]}"
    for program in ("java", "mvn"):
        if shutil.which(program) is None and not (program == "mvn" and folder.exists()):
            raise NoBroker(f"no {program} (Debian: openjdk-17-jre-headless, maven) and no DINGZE_TEST_KAFKA")
    if folder.exists():
        return folder
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as fresh:
        resolved = subprocess.run(
            ["mvn", "-B", "-q", "-f", str(POM), _COPY, "-DincludeScope=runtime", f"-DoutputDirectory={fresh}/jars"],
            capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip
        if resolved.returncode:
            raise NoBroker(f"Maven could not resolve Kafka: {resolved.stdout[-500:]}")
        if not folder.exists():  # another run may have been faster
            (Path(fresh) / "jars").rename(folder)
    return folder


def _settings(port: int, controller: int, guarded: int, folder: Path) -> dict[str, object]:
    return {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},GUARDED://127.0.0.1:{guarded},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port},GUARDED://127.0.0.1:{guarded}",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,GUARDED:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
        "listener.name.guarded.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.guarded.plain.sasl.jaas.config": (
            f'org.apache.kafka.common.security.plain.PlainLoginModule required user_{ACCOUNT}="{PASSWORD}";'
        ),
        "log.dirs": folder / "log",
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 3,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 3,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "group.initial.rebalance.delay.ms": 0,
        "auto.create.topics.enable": "false",
        "num.network.threads": 2,
        "num.io.threads": 2,
    }


def _free_port() -> int:
    with closing(socket.socket()) as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    """Whether the broker speaks Kafka: a version request is answered (a port that is open may not be ready yet)."""
    request = b"\x00\x12\x00\x00\x00\x00\x00\x01\x00\x08readycheck"
    try:
        with closing(socket.create_connection(("127.0.0.1", port), timeout=1)) as asked:
            asked.settimeout(2)
            asked.sendall(len(request).to_bytes(4, "big") + request)
            return len(asked.recv(4)) == 4
    except OSError:
        return False
