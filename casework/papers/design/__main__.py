"""Makes the shipped templates: `python -m casework.papers.design [folder]`."""

import sys
from pathlib import Path

from casework.papers.design.making import draw
from casework.papers.kinds import PaperKind

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "templates"
folder.mkdir(parents=True, exist_ok=True)
for kind in PaperKind:
    (folder / f"{kind}.docx").write_bytes(draw(kind))
