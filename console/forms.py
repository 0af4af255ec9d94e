"""Fields of a form: how they are described to the page, and how what was filled in is read back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from casework.events import Attachment
from terms.days import day_of
from terms.errors import BadInput
from terms.ids import UnitCode

Kind = Literal[
    "text", "area", "unit", "units", "clause", "choice", "flag", "date", "order", "files", "checks", "points", "scan"
]

NAME_AT_MOST = 200  # bytes of a file's name, which a folder keeps to 255
UPLOADS = "files"  # the field whose files are kept with the order


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `options` are value and words; a `unit` takes "C05 云泽市…", a `clause` is looked up by words;
    `checks` are several of the options, `points` rows of duty points whose base clauses are the options, a `scan` is
    one file, `files` are several; both are kept outside the record, sealed (`console.orders.attachments`)."""

    name: str
    label: str
    kind: Kind = "text"
    required: bool = False
    value: str = ""
    values: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    help: str = ""
    told: str = ""  # the words behind `value`, of a clause
    of_unit: str = ""  # a clause of this unit
    of_sort: str = ""  # a clause of this sort (`console.registers.search.SORTS`)
    shown_for: str = ""  # values of the form's first choice for which the field matters, joined by spaces


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form: its name without a path, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Filled:
    """What came with a form: texts stripped, empty ones as good as absent."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    scans: Mapping[str, Upload] = field(default_factory=dict)
    uploads: tuple[Upload, ...] = ()
    kept: tuple[Attachment, ...] = ()  # the uploads, once they are kept with their order
    scanned: Mapping[str, Attachment] = field(default_factory=dict)  # the scans, once they are kept

    @classmethod
    def of(
        cls, form: FormData, scans: Mapping[str, Upload] | None = None, uploads: tuple[Upload, ...] = ()
    ) -> "Filled":
        """From a posted form."""
        names = dict.fromkeys(form.keys())
        values = {name: [one.strip() for one in form.getlist(name) if isinstance(one, str)] for name in names}
        if broken := [name for name, told in values.items() if any("\0" in one for one in told)]:
            raise BadInput("ledger.not-text", at=broken[0])
        return cls(values, scans or {}, uploads)

    def text(self, name: str) -> str:
        """The text of a field, "" when absent."""
        found = [one for one in self.values.get(name, ()) if one]
        return found[0] if found else ""

    def needed(self, name: str, label: str) -> str:
        """The text of a field that must be filled. Raises BadInput naming it."""
        if found := self.text(name):
            return found
        raise BadInput("console.field-needed", at=name, field=label)

    def unit(self, name: str) -> UnitCode | None:
        """A unit, given as "C05" or "C05 云泽市住房…"."""
        found = self.text(name)
        return UnitCode(found.split()[0]) if found else None

    def units(self, name: str) -> tuple[UnitCode, ...]:
        """Several units, in order, each once."""
        given = [one for one in self.values.get(name, ()) if one]
        return tuple(dict.fromkeys(UnitCode(one.split()[0]) for one in given))

    def flag(self, name: str) -> bool:
        """Whether a box was ticked."""
        return self.text(name) in ("on", "yes", "true", "1")

    def answer(self, name: str) -> bool | None:
        """Yes, no, or not said."""
        return {"yes": True, "no": False}.get(self.text(name))

    def lines(self, name: str) -> tuple[str, ...]:
        """Several texts, separated by lines or the Chinese enumeration comma."""
        text = self.text(name).replace("、", "\n").replace("；", "\n")
        return tuple(one.strip() for one in text.splitlines() if one.strip())

    def day(self, name: str, label: str) -> date:
        """A date. Raises BadInput."""
        try:
            return day_of(self.needed(name, label))
        except ValueError as error:
            raise BadInput("console.bad-date", at=name, field=label) from error

    def number(self, name: str, label: str) -> int:
        """A whole number. Raises BadInput."""
        found = self.needed(name, label)
        if not found.isdigit():
            raise BadInput("console.field-needed", at=name, field=label)
        return int(found)


def file_name(told: str) -> str:
    """What a file is called, without a path, as any folder can keep it: printable, its last 200 bytes."""
    name = "".join(one for one in told.replace("\\", "/").rsplit("/", 1)[-1] if one.isprintable())
    return name.encode("utf-8", "replace")[-NAME_AT_MOST:].decode("utf-8", "ignore")


async def filled(request: Request) -> Filled:
    """What came with a posted form."""
    form = await request.form()
    scans, uploads = {}, []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile) and value.filename:
            content, called = await value.read(), file_name(value.filename)
            if name == UPLOADS:
                uploads.append(Upload(called, content))
            else:
                scans[name] = Upload(called, content)
        if isinstance(value, UploadFile):
            await value.close()
    return Filled.of(form, scans, tuple(uploads))


Form = Annotated[Filled, Depends(filled)]
