"""Copy the page assets that npm installed to `static/vendor/` under names that carry their digest; and the user guide.

Run by the Makefile after `npm ci`: `python -m console.assets`. Nothing is fetched from outside at run time, and a
browser may keep a file for ever because another content has another name.
"""

import hashlib
import json
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
VENDOR = HERE / "static" / "vendor"
DOCS = HERE.parent / "docs"
GUIDE = HERE / "static" / "guide"

# logical name → file of the npm package
WANTED: Mapping[str, str] = {
    "tabler.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "echarts.js": "echarts/dist/echarts.min.js",
}
_PICTURE = re.compile(r"\.\./screenshots/([\w-]+\.png)")
_SOURCE_MAP = re.compile(rb"\n?(/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*)\s*$")


def copy_assets(modules: Path, vendor: Path) -> dict[str, str]:
    """Copy what is wanted from `modules` to `vendor` and write `manifest.json`: logical name → file name.

    Raises FileNotFoundError naming the first file that npm did not install.
    """
    shutil.rmtree(vendor, ignore_errors=True)
    vendor.mkdir(parents=True)
    manifest: dict[str, str] = {}
    for name, source in WANTED.items():
        # the maps are not shipped, and a page that names them makes the browser ask for them
        content = _SOURCE_MAP.sub(b"", (modules / source).read_bytes())
        stem, _, ending = name.rpartition(".")
        manifest[name] = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{ending}"
        (vendor / manifest[name]).write_bytes(content)
    (vendor / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    return manifest


def copy_guide(docs: Path, guide: Path) -> int:
    """Copy the user guide and the pictures it shows to where the console finds them; the number of files."""
    shutil.rmtree(guide, ignore_errors=True)
    guide.mkdir(parents=True)
    pages = sorted((docs / "user-guide").glob("*.md"))
    shown = {name for page in pages for name in _PICTURE.findall(page.read_text("utf-8"))}
    files = [*pages, *(docs / "screenshots" / name for name in sorted(shown))]
    for file in files:
        shutil.copyfile(file, guide / file.name)
    return len(files)


if __name__ == "__main__":
    copied = copy_assets(MODULES, VENDOR)
    told = copy_guide(DOCS, GUIDE)
    sys.stderr.write(f"console: {len(copied)} assets in {VENDOR}, {told} files of the guide in {GUIDE}\n")
