"""What Dingze is made of: the locked runtime, its licences, a CycloneDX SBOM, and an audit that says when it was none.

python -m tests.supply licences|sbom|audit
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LICENCES = ROOT / "docs" / "licences.md"
SBOM = ROOT / "build" / "sbom.cdx.json"
AUDIT = ROOT / "build" / "audit.json"
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)
EXTRAS = ("", "fast-cut", "tracing")
HERE = {  # the same answer on every machine
    "python_version": "3.11", "python_full_version": "3.11.0", "sys_platform": "linux", "platform_system": "Linux",
    "platform_machine": "x86_64", "platform_python_implementation": "CPython", "implementation_name": "cpython",
    "os_name": "posix",
}  # fmt: skip


def locked(name: str = "requirements.lock") -> dict[str, str]:
    """Every package a lock names, with its version."""
    text = (ROOT / name).read_text("utf-8")
    return {canonicalize_name(package): version for package, version in LOCKED.findall(text)}


def runtime() -> dict[str, str]:
    """What runs with the program and its extras, in the locked versions: no development tools."""
    versions = locked()
    waiting = asked_for("dingze", EXTRAS)
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        asked = waiting.pop()
        one = canonicalize_name(asked.name), frozenset(asked.extras)
        if one in seen or one[0] not in versions:
            continue
        seen.add(one)
        waiting += asked_for(one[0], ("", *asked.extras))
    return {name: versions[name] for name in sorted({name for name, _ in seen})}


def asked_for(name: str, extras: Iterable[str]) -> list[Requirement]:
    """What a package with these extras needs; nothing for an extra's package that is not installed here."""
    try:
        told = [Requirement(one) for one in metadata.requires(name) or ()]
    except metadata.PackageNotFoundError:
        return []
    return [
        one for one in told if not one.marker or any(one.marker.evaluate(HERE | {"extra": extra}) for extra in extras)
    ]


def licence_of(name: str) -> str:
    """What a package says of its licence, in a few words."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return "not installed here"
    if expression := told.get("License-Expression"):
        return str(expression)
    classified = [
        str(one).split(" :: ")[-1] for one in told.get_all("Classifier") or () if str(one).startswith("License :: ")
    ]
    if classified:
        return ", ".join(sorted(set(classified)))
    return (str(told.get("License") or "").strip().splitlines() or ["not told"])[0][:60] or "not told"


def assets() -> list[tuple[str, str, str]]:
    """What pages load in the browser, from npm's lock: name, version, licence."""
    lock = json.loads((ROOT / "console" / "package-lock.json").read_text("utf-8"))
    return sorted(
        (path.removeprefix("node_modules/"), told["version"], told.get("license", "not told"))
        for path, told in lock["packages"].items()
        if path
    )


def licences() -> str:
    """The page of licences."""
    lines = [
        "# Licences · 许可证",
        "",
        "Made by `make licences` from the locks and from what each package says of itself; a test fails when it is",
        "old. Where markers choose, the choice is that of Linux and the oldest Python the program runs on.",
        "Dingze itself is Apache-2.0. Development tools are not listed: they are not part of what runs.",
        "",
        "| package | version | licence |",
        "|---|---|---|",
        *(f"| {name} | {version} | {licence_of(name)} |" for name, version in runtime().items()),
        "",
        "In the browser:",
        "",
        "| package | version | licence |",
        "|---|---|---|",
        *(f"| {name} | {version} | {licence} |" for name, version, licence in assets()),
    ]
    return "\n".join(lines) + "\n"


def sbom() -> None:
    """Write the CycloneDX document of the locked runtime; the tool checks it against the format's schema."""
    SBOM.parent.mkdir(exist_ok=True)
    subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", "requirements", "-", "--pyproject", ROOT / "pyproject.toml",
         "--output-reproducible", "--short-PURLs", "--of", "JSON", "-o", SBOM],
        input=_pinned(), text=True, check=True, capture_output=True,
    )  # fmt: skip


def audit(seconds: float = 120) -> str:
    """Ask the advisory source about the locked runtime; what it said, or `not audited` and why."""
    AUDIT.parent.mkdir(exist_ok=True)
    pinned = AUDIT.with_suffix(".txt")
    pinned.write_text(_pinned(), "utf-8")
    asked = [sys.executable, "-m", "pip_audit", "-r", pinned, "--no-deps", "--disable-pip", "-f", "json", "-o", AUDIT,
             "--progress-spinner", "off", "--timeout", "10"]  # fmt: skip
    AUDIT.unlink(missing_ok=True)
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return "not audited: the advisory source did not answer in time"
    if not AUDIT.exists():
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        return f"not audited: no advisory source could be reached ({last.split(':')[0][:80]})"
    told = json.loads(AUDIT.read_text("utf-8"))["dependencies"]
    skipped = sorted(one["name"] for one in told if "skip_reason" in one)
    known = [f"{one['name']} {one['version']}: {fault['id']}" for one in told for fault in one.get("vulns", ())]
    if skipped:
        return f"not audited: {len(skipped)} of {len(told)} packages ({', '.join(skipped[:5])} …)"
    return "\n".join(known) if known else f"audited: {len(told)} packages, no known fault"


def _pinned() -> str:
    return "".join(f"{name}=={version}\n" for name, version in runtime().items())


def main(what: str) -> int:
    """Do one of the three; 1 when the audit names a fault."""
    if what == "licences":
        LICENCES.write_text(licences(), "utf-8")
        sys.stdout.write(f"{LICENCES.relative_to(ROOT)}\n")
    elif what == "sbom":
        sbom()
        sys.stdout.write(f"{SBOM.relative_to(ROOT)}: {len(runtime())} packages\n")
    else:
        said = audit()
        sys.stdout.write(said + "\n")
        return 0 if said.startswith(("audited", "not audited")) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "licences"))
