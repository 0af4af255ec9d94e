"""The compose file holds, and the check sees what would not."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import compose, needs


@pytest.fixture
def document() -> dict[str, Any]:
    """The project's compose file, for breaking."""
    found: dict[str, Any] = copy.deepcopy(yaml.safe_load((compose.ROOT / "docker-compose.yml").read_text("utf-8")))
    return found


def test_the_compose_file_and_the_image_hold() -> None:
    assert compose.main() == 0


def test_compose_itself_reads_the_file_and_refuses_a_broken_one(tmp_path: Path) -> None:
    file = compose.ROOT / "docker-compose.yml"
    try:
        assert compose.by_compose(file) is None
    except compose.NoCompose:
        needs.missing("compose", "neither docker compose nor docker-compose is installed")
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(file.read_text("utf-8").replace("restart: unless-stopped", "restarts: never"), "utf-8")
    assert "restarts" in (compose.by_compose(broken) or "")


@pytest.mark.parametrize(
    ("service", "key", "value", "said"),
    [
        ("web", "ports", ["8000:8000"], "loopback"),
        ("web", "read_only", False, "root can be written"),
        ("web", "user", "root", "runs as root"),
        ("ingest", "healthcheck", {}, "health check lacks"),
        ("ingest", "deploy", {}, "no limit of"),
        ("ingest", "pids_limit", None, "no limit of processes"),
        ("ingest", "volumes", ["elsewhere:/x"], "not declared"),
        ("route-1", "depends_on", {"nobody": {"condition": "service_healthy"}}, "no service"),
        ("postgres", "environment", {"POSTGRES_PASSWORD": "x"}, "give it as a file"),
        ("postgres", "environment", {"URL": "postgresql://a:b@c/d"}, "holds a password"),
        ("kafka", "image", "apache/kafka:latest", "must name its version"),
        ("kafka", "helthcheck", {}, "unknown key"),
    ],
)
def test_a_broken_rule_is_named(document: dict[str, Any], service: str, key: str, value: Any, said: str) -> None:
    document["services"][service][key] = value
    assert any(said in fault and fault.startswith(service) for fault in compose.faults_of(document))


def test_an_image_that_runs_as_root_is_named() -> None:
    text = (compose.ROOT / "Dockerfile").read_text("utf-8").replace("USER 10001:10001", "USER root")
    assert list(compose.faults_of_image(text)) == ["Dockerfile: the last stage runs as root"]


@pytest.mark.parametrize("source", ["requirements.txt", "tests/compose.py", "secrets"])
def test_a_copy_of_what_the_builder_is_not_given_is_named(source: str) -> None:
    text = (compose.ROOT / "Dockerfile").read_text("utf-8").replace("requirements-run.lock ./", f"{source} ./")
    assert list(compose.faults_of_image(text)) == [f"Dockerfile: {source} is not there for COPY"]


def test_what_the_image_builds_from_is_given_to_the_builder() -> None:
    given = ("dingze", "ledger/migrations", "pyproject.toml", "console/static/console.css", "sample")
    assert not any(compose.left_out(path) for path in given)
    assert all(compose.left_out(path) for path in ("secrets/x", "var", "city.key", "console/node_modules/x", ".git"))
