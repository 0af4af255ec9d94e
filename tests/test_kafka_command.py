"""The topic by command and by account: the record replayed anywhere, through a door that asks for a password."""

import sys
import time
from contextlib import suppress
from pathlib import Path

import orjson
import pytest
from pydantic import ValidationError

from dingze.cli import main
from dingze.folders import initialise
from dingze.outside import kafka_client
from dingze.settings import Settings
from dingze.wiring import Dingze
from mandates.sheets import Row
from terms.errors import BadInput
from tests import kafka_broker, kafka_topics, needs
from tests.ingest.rows import ORDER


def test_security_is_told_to_the_client_and_never_half(tmp_path: Path) -> None:
    assert kafka_client(Settings()) == {}
    told = Settings(kafka_security="SASL_SSL", kafka_ca=tmp_path / "ca.pem", kafka_user="u", kafka_password="p")
    assert kafka_client(told) == {
        "security_protocol": "SASL_SSL",
        "ssl_cafile": str(tmp_path / "ca.pem"),
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "u",
        "sasl_plain_password": "p",
    }
    assert "p" not in repr(told).replace("kafka_", "").split("password")[-1][:3]
    with pytest.raises(BadInput, match="DINGZE_KAFKA_USER"):
        kafka_client(told.model_copy(update={"kafka_password": ""}))
    with pytest.raises(ValidationError):
        Settings(kafka_security="TLS")  # type: ignore[arg-type]


class Called:
    """`dingze …`, called in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *arguments: str) -> tuple[str, str]:
        """What it wrote to stdout and stderr."""
        self._monkeypatch.setattr(sys, "argv", ["dingze", *arguments])
        self._capsys.readouterr()
        with suppress(SystemExit):
            main()
        said = self._capsys.readouterr()
        return said.out, said.err


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Called:
    """The command line."""
    return Called(monkeypatch, capsys)


@pytest.mark.kafka
@kafka_topics.SOCKETS
def test_the_record_is_replayed_by_command_from_any_position_by_whoever_has_the_password(
    migrated_sqlite_url: str, kafka_servers: str, called: Called, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded = kafka_broker.GUARDED.get(kafka_servers)
    if guarded is None:
        needs.missing("kafka", "DINGZE_TEST_KAFKA names a broker whose passwords are not ours")
    settings = Settings(database_url=migrated_sqlite_url, master_key=tmp_path / "key", cache=tmp_path / "cache")
    initialise(settings)
    dingze = Dingze(settings)
    rows = [Row("k", n, ORDER | {"工单编号": f"P{n}"}, str(n).encode()) for n in range(1, 6)]
    for _ in dingze.gateway.admit(rows, now=dingze.clock()):
        pass
    dingze.close()
    topic = kafka_topics.fresh("again")
    kafka_topics.make(kafka_servers, topic)
    for name, value in {
        "DATABASE_URL": migrated_sqlite_url, "MASTER_KEY": str(tmp_path / "key"), "KAFKA_SERVERS": guarded,
        "KAFKA_SECURITY": "SASL_PLAINTEXT", "KAFKA_MECHANISM": "PLAIN", "KAFKA_USER": kafka_broker.ACCOUNT,
    }.items():  # fmt: skip
        monkeypatch.setenv(f"DINGZE_{name}", value)
    with kafka_topics.swept():
        assert "settings.no-kafka-account" in called("ledger", "replay", "--to", topic)[1]
        monkeypatch.setenv("DINGZE_KAFKA_PASSWORD", kafka_broker.PASSWORD)
        told = called("ledger", "replay", "--to", topic, "--after", "1", "--upto", "4", "--json")[0]
        assert orjson.loads(told) == {"topic": topic, "after": 1, "upto": 4, "sent": 3}
        sent = kafka_topics.read(kafka_servers, topic, at_least=3)
        assert "publisher.live-topic" in called("ledger", "replay", "--to", "dingze.events")[1]
    assert sorted(orjson.loads(record.value)["position"] for record in sent) == [2, 3, 4]


@pytest.mark.kafka
@kafka_topics.SOCKETS
def test_two_cities_of_one_cluster_take_and_publish_under_their_own_names(kafka_servers: str, tmp_path: Path) -> None:
    with kafka_topics.swept():
        cities = [_city(tmp_path / name, f"{kafka_topics.fresh(name)}.", kafka_servers) for name in ("east", "west")]
        try:
            for number, one in enumerate(cities, 1):
                topic = f"{one.settings.kafka_prefix}hotline.work-orders"
                orders = [(f"T{n}", ORDER | {"工单编号": f"T{n}"}) for n in range(number)]
                kafka_topics.send(kafka_servers, topic, orders)
            for number, one in enumerate(cities, 1):
                intake, until = one.kafka_intake(), time.monotonic() + 60
                while one.ledger.head() < number:
                    assert time.monotonic() < until
                    intake.step()
                intake.close()
            publishers = [one.publisher() for one in cities]
            while sum(one.step() for one in publishers):  # side by side: neither ends the other's transactions
                pass
            for number, publisher in enumerate(publishers, 1):
                assert len(kafka_topics.read(kafka_servers, publisher.topic, 1, at_least=number)) == number
                publisher.close()
            assert [one.ledger.head() for one in cities] == [1, 2], "each took its own and nothing of the other's"
        finally:
            for one in cities:
                one.close()


def _city(folder: Path, prefix: str, servers: str) -> Dingze:
    """An empty city with topics of its own."""
    for topic in ("hotline.work-orders", "hotline.returns", "dingze.events"):
        kafka_topics.make(servers, prefix + topic, 1)
    settings = Settings(
        database_url=f"sqlite:///{folder}/d.db", master_key=folder / "key", cache=folder / "cache",
        kafka_servers=servers, kafka_prefix=prefix,
    )  # fmt: skip
    initialise(settings)
    return Dingze(settings)
