"""The list of licences is of what is locked today, the SBOM names it all, and an audit without a source says so."""

import json
import subprocess
from typing import Any

import pytest

from tests import supply


def test_the_licences_are_those_of_the_locked_runtime() -> None:
    assert supply.LICENCES.read_text("utf-8") == supply.licences(), "run `make licences`"
    runtime = supply.runtime()
    assert {"sqlalchemy", "cryptography", "fastapi", "opentelemetry-sdk"} <= set(runtime)
    assert {"psycopg-binary", "crc32c"} <= set(runtime), "what extras of packages bring"
    assert not {"pytest", "mypy", "ruff", "playwright", "pip-audit"} & set(runtime), "no development tools"
    assert "not told" not in supply.licences()


def test_the_image_installs_the_runtime_in_the_same_versions_and_no_development_tools() -> None:
    image, runtime = supply.locked("requirements-run.lock"), supply.runtime()
    assert runtime.items() <= image.items()
    assert image.items() <= supply.locked().items(), "run `make lock`"
    elsewhere = {"colorama", "tzdata"}  # where there is no Linux
    assert set(image) - set(runtime) <= elsewhere | {"setuptools"}, "setuptools builds the wheel"


def test_the_sbom_names_every_package_of_the_runtime_in_its_locked_version() -> None:
    supply.sbom()
    told = json.loads(supply.SBOM.read_text("utf-8"))
    assert told["bomFormat"] == "CycloneDX" and told["metadata"]["component"]["name"] == "dingze"
    assert {one["name"]: one["version"] for one in told["components"]} == supply.runtime()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "not audited: no advisory source could be reached"),
        ([{"name": "a", "version": "1", "vulns": []}], "audited: 1 packages, no known fault"),
        ([{"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}]}], "a 1: CVE-1"),
        ([{"name": "a", "skip_reason": "unknown"}], "not audited: 1 of 1 packages"),
    ],
)
def test_an_audit_says_what_it_found_or_that_it_was_none(
    answer: list[dict[str, Any]] | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*_: Any, **__: Any) -> subprocess.CompletedProcess[str]:
        if answer is not None:
            supply.AUDIT.write_text(json.dumps({"dependencies": answer}))
        return subprocess.CompletedProcess([], 1, "", "ERROR: connection refused")

    monkeypatch.setattr(subprocess, "run", run)
    assert supply.audit().startswith(said)
