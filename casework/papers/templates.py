"""The templates in use: ours, and file by file the city's own in their place."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from casework.papers.kinds import PaperKind


@dataclass(frozen=True, slots=True)
class Templates:
    """A .docx template for every kind of paper, as bytes."""

    files: Mapping[PaperKind, bytes]

    def of(self, kind: PaperKind) -> bytes:
        """The template of that kind."""
        return self.files[kind]


def shipped() -> Templates:
    """The templates that come with the program."""
    folder = resources.files("casework.papers") / "templates"
    return Templates({kind: (folder / f"{kind}.docx").read_bytes() for kind in PaperKind})
