"""The compose file holds, and the check sees what would not."""

import copy
from typing import Any

import pytest
import yaml

from tests import compose


@pytest.fixture
def document() -> dict[str, Any]:
    """The project's compose file, for breaking."""
    found: dict[str, Any] = copy.deepcopy(yaml.safe_load((compose.ROOT / "docker-compose.yml").read_text("utf-8")))
    return found


def test_the_compose_file_and_the_image_hold() -> None:
    assert compose.main() == 0


@pytest.mark.parametrize(
    ("service", "key", "value", "said"),
    [
        ("web", "ports", ["8000:8000"], "loopback"),
        ("web", "read_only", False, "root can be written"),
        ("web", "user", "root", "runs as root"),
        ("ingest", "healthcheck", {}, "health check lacks"),
        ("ingest", "deploy", {}, "no limit of"),
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
