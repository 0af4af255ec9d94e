"""What must hold of docker-compose.yml and the Dockerfile; `python -m tests.compose` says what does not.

Compose itself reads the file as well: docker's plugin or the program `docker-compose`, which `.ci/run` installs and
which needs no engine for it. The rules here need nothing but the file.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
OURS = "dingze:latest"
TOP = {"services", "networks", "volumes", "secrets"}
SERVICE = {
    "image", "build", "command", "restart", "read_only", "user", "cap_drop", "security_opt", "tmpfs", "networks",
    "secrets", "environment", "volumes", "stop_grace_period", "logging", "depends_on", "healthcheck", "deploy", "ports",
    "shm_size", "pids_limit",
}  # fmt: skip
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
SECRET_NAME = re.compile(r"PASSWORD|SECRET|TOKEN|PRIVATE|DATABASE_URL")

Document = dict[str, Any]


class NoCompose(Exception):
    """Neither docker's plugin nor docker-compose is installed."""


def faults_of(document: Document) -> Iterator[str]:
    """Every rule the compose file breaks, a sentence each."""
    yield from (f"unknown key {key}" for key in document if key not in TOP and not key.startswith("x-"))
    services: Document = document.get("services") or {}
    if not services:
        yield "there is no service"
    for name, service in services.items():
        for fault in _faults(service, document):
            yield f"{name}: {fault}"
    for name, secret in (document.get("secrets") or {}).items():
        if set(secret or {}) != {"file"}:
            yield f"secret {name} does not come from a file"


def _faults(service: Document, document: Document) -> Iterator[str]:
    yield from (f"unknown key {key}" for key in service if key not in SERVICE)
    image = service.get("image", "")
    if ":" not in image:
        yield "the image has no tag"
    elif image.endswith(":latest") and image != OURS:
        yield "a foreign image must name its version"
    yield from _running(service)
    yield from _named(service, document)
    yield from _started_after(service, document)
    yield from _secrets(service)
    for port in service.get("ports", ()):
        if not str(port).startswith("127.0.0.1:"):
            yield f"port {port} is open beyond loopback: a proxy with TLS belongs before it"
    if "no-new-privileges:true" not in service.get("security_opt", ()):
        yield "it may gain privileges"
    if image == OURS:
        yield from _unprivileged(service)


def _running(service: Document) -> Iterator[str]:
    limits = ((service.get("deploy") or {}).get("resources") or {}).get("limits") or {}
    if missing := {"cpus", "memory"} - set(limits):
        yield f"no limit of {', '.join(sorted(missing))}"
    if not isinstance(service.get("pids_limit"), int):
        yield "no limit of processes"
    restart = service.get("restart")
    if restart == "on-failure":
        return  # runs once to its end: nothing to look after
    if restart != "unless-stopped":
        yield "it is not restarted"
    check = service.get("healthcheck") or {}
    if missing := {"test", "interval", "timeout", "start_period", "retries"} - set(check):
        yield f"its health check lacks {', '.join(sorted(missing))}"
    elif not isinstance(check["test"], list) or check["test"][0] not in ("CMD", "CMD-SHELL"):
        yield "its health check is no command"


def _named(service: Document, document: Document) -> Iterator[str]:
    for kind in ("networks", "secrets"):
        for name in service.get(kind, ()):
            if name not in (document.get(kind) or {}):
                yield f"{kind} {name} is not declared"
    for volume in service.get("volumes", ()):
        source = str(volume).split(":", 1)[0]
        if source not in (document.get("volumes") or {}):
            yield f"volume {source} is not declared"


def _started_after(service: Document, document: Document) -> Iterator[str]:
    services = document["services"]
    for other, how in (service.get("depends_on") or {}).items():
        condition = (how or {}).get("condition")
        if other not in services:
            yield f"depends on {other}, which is no service"
        elif condition not in CONDITIONS:
            yield f"depends on {other} without a condition"
        elif condition == "service_healthy" and "healthcheck" not in services[other]:
            yield f"waits for the health of {other}, which has no check"
        elif condition == "service_completed_successfully" and services[other].get("restart") != "on-failure":
            yield f"waits for the end of {other}, which does not end"


def _secrets(service: Document) -> Iterator[str]:
    for name, value in (service.get("environment") or {}).items():
        if not isinstance(value, str):
            yield f"{name} must be text"
        elif SECRET_NAME.search(name) and not name.endswith("_FILE"):
            yield f"{name} stands in the environment: give it as a file"
        elif re.search(r"://[^/@]*:[^/@]+@", value):
            yield f"{name} holds a password"


def _unprivileged(service: Document) -> Iterator[str]:
    if service.get("read_only") is not True:
        yield "its root can be written"
    if service.get("cap_drop") != ["ALL"]:
        yield "it keeps capabilities"
    if str(service.get("user", "0")).split(":")[0] in ("0", "root"):
        yield "it runs as root"


def faults_of_image(dockerfile: str) -> Iterator[str]:
    """Every rule the Dockerfile breaks."""
    lines = [line.split(maxsplit=1) for line in dockerfile.splitlines() if line and not line.startswith(("#", " "))]
    words = [(line[0].upper(), line[1] if len(line) > 1 else "") for line in lines]
    final = len(words) - 1 - [word for word, _ in reversed(words)].index("FROM")
    users = [value for word, value in words[final:] if word == "USER"]
    if not users or users[-1].split(":")[0] in ("0", "root"):
        yield "Dockerfile: the last stage runs as root"
    if any(word == "ADD" for word, _ in words):
        yield "Dockerfile: COPY, not ADD"
    for word, value in words:
        if word == "FROM" and (":" not in value or ":latest" in value):
            yield f"Dockerfile: {value} names no version"
        if word in ("ENV", "ARG") and SECRET_NAME.search(value):
            yield "Dockerfile: a secret in the image"
        if word == "COPY" and not value.startswith("--from"):
            yield from (
                f"Dockerfile: {source} is not there for COPY"
                for source in value.split()[:-1]
                if not (ROOT / source).exists() or left_out(source)
            )
    if "--require-hashes" not in dockerfile:
        yield "Dockerfile: dependencies are not pinned by hash"


def left_out(path: str) -> bool:
    """Whether .dockerignore keeps a path out of what the builder is given."""
    rules = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    parts = path.removeprefix("./").strip("/").split("/")
    heads = ["/".join(parts[: count + 1]) for count in range(len(parts))] if path.strip("./") else []
    return any(fnmatch(head, rule.removeprefix("**/")) for head in heads for rule in rules if rule)


def by_compose(path: Path) -> str | None:
    """What compose itself says against the file; None where it says nothing. Raises NoCompose."""
    docker, program = shutil.which("docker"), shutil.which("docker-compose")
    if docker and not subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        command = [docker, "compose"]
    elif program:
        command = [program]
    else:
        raise NoCompose
    found = subprocess.run([*command, "-f", str(path), "config", "-q"], capture_output=True, text=True, check=False)
    return (found.stderr.strip() or "refused") if found.returncode else None


def main() -> int:
    """Check both files of this project; 1 when a rule is broken."""
    compose = ROOT / "docker-compose.yml"
    document = yaml.safe_load(compose.read_text("utf-8"))
    faults = [*faults_of(document), *faults_of_image((ROOT / "Dockerfile").read_text("utf-8"))]
    read = "read by compose itself"
    try:
        if told := by_compose(compose):
            faults.append(told)
    except NoCompose:
        read = "not read by compose itself: neither docker nor docker-compose is here"
    sys.stderr.writelines(f"docker-compose.yml: {fault}\n" for fault in faults)
    sys.stdout.write("docker-compose.yml: " + ("faults found" if faults else "holds") + f", {read}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
