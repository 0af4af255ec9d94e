"""What is installed is whole: every file of the rooms that the program needs, and the page assets, are in the wheel."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = (
    "automation", "casework", "city", "console", "dingze", "ingest", "ledger", "mandates", "projections", "routing",
    "sample", "terms",
)  # fmt: skip
OURS_ALONE = (".md",)  # for who reads the source
BUILT = ("__pycache__", "node_modules", "vendor")
NODE = {"package.json", "package-lock.json"}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the source without asking any registry."""
    source = tmp_path_factory.mktemp("source")
    for room in ROOMS:
        shutil.copytree(ROOT / room, source / room, ignore=shutil.ignore_patterns(*BUILT))
    vendor = ROOT / "console" / "static" / "vendor"
    shutil.copytree(vendor, source / "console" / "static" / "vendor")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    build = "import setuptools.build_meta as b, sys; print(b.build_wheel(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", build, source / "out"], cwd=source, check=True, capture_output=True)
    (made,) = (source / "out").glob("*.whl")
    return made


def test_the_wheel_holds_every_file_the_program_needs(wheel: Path) -> None:
    there = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and not set(path.relative_to(ROOT).parts) & set(BUILT) and path.suffix not in OURS_ALONE
    }
    assert {path for path in wanted - there if Path(path).name not in NODE} == set()
    assert {f"console/static/vendor/{path.name}" for path in (ROOT / "console/static/vendor").iterdir()} <= there
    assert {f"console/static/guide/{path.name}" for path in (ROOT / "docs/user-guide").iterdir()} <= there
    assert {name.split("/")[0] for name in there if ".dist-info" not in name} == set(ROOMS), "and nothing else"
