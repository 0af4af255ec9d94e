"""Where a page finds its style and script: names with a digest, served from inside the package."""

import hashlib
import json
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from terms.errors import Unavailable

STATIC = Path(__file__).parent / "static"
OURS = ("charts.js", "console.css", "console.js", "favicon.svg", "icons.svg")


class Assets:
    """The addresses of all assets, by logical name; read once at start."""

    def __init__(self, static: Path = STATIC) -> None:
        manifest = static / "vendor" / "manifest.json"
        if not manifest.exists():
            raise Unavailable("console.no-assets", at=str(manifest))
        vendor: dict[str, str] = json.loads(manifest.read_text("utf-8"))
        self._addresses = {name: f"/static/vendor/{file}" for name, file in vendor.items()}
        for name in OURS:
            digest = hashlib.sha256((static / name).read_bytes()).hexdigest()[:12]
            self._addresses[name] = f"/static/{name}?v={digest}"

    def __call__(self, name: str) -> str:
        """The address of an asset. Raises KeyError for a name nobody ships."""
        return self._addresses[name]


class KeptFiles(StaticFiles):
    """Static files a browser may keep for a year: their addresses change with their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """As StaticFiles, with the year."""
        found = await super().get_response(path, scope)
        if found.status_code == 200:
            found.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return found
