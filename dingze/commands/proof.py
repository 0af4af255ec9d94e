"""`dingze ledger seal | prove | archive`: what can be lodged outside, and what it proves later."""

import time as stopwatch
from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from automation.sealer import write_seal
from dingze.folders import kept
from dingze.terminal import Json, answer, opened, progress
from dingze.wiring import Dingze
from ledger import archive as archives
from ledger.chain import Link
from ledger.seal import prove as prove_link
from ledger.seal import read_seal
from ledger.signing import public_key, signing_key
from ledger.verifying import verify_parallel
from terms.actors import Actor, Role
from terms.errors import BadInput
from terms.ids import Position
from terms.messages import sentence

ACTOR = Actor("command-line", Role.ADMINISTRATOR)
Workers = Annotated[int, typer.Option(min=0, max=64, help="processes; 0: one a processor")]
Key = Annotated[str | None, typer.Option("--key", help="the public key (hex) it must be signed with")]


def add_to(app: typer.Typer) -> None:
    """Put these commands under `dingze ledger`."""
    for command in (seal, prove, archive):
        app.command()(command)


def seal(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option(help="the file; default: beside the daily ones")] = None,
    json: Json = False,
) -> None:
    """Sign the head of the record as it stands, record it, and write it to a file that can be lodged outside."""
    with opened(context) as dingze:
        if out is not None and out.exists():
            raise BadInput("backup.exists", at=str(out))
        told = dingze.sealer.seal(str(ACTOR))
        file = out or dingze.sealer.folder / f"seal-{told['sealed_at'][:10]}-{told['position']}.json"
        write_seal(told, file)
    document = told | {"file": str(file)}
    answer(document, json, sentence("proof.sealed", **document))


def prove(
    context: typer.Context,
    seal_file: Annotated[Path, typer.Option("--seal", help="the file of a seal", exists=True, dir_okay=False)],
    key: Key = None,
    workers: Workers = 0,
    json: Json = False,
) -> None:
    """Prove that nothing before a seal has changed since; that it was proved is recorded."""
    began = stopwatch.perf_counter()
    found = read_seal(seal_file.read_bytes(), key)
    with opened(context) as dingze, progress("核验封印", found.link.position) as advance:
        head = dingze.ledger.head()
        prove_link(dingze.ledger, found.link, lambda upto: _chain(dingze, upto, workers, advance))
        recorded = dingze.sealer.proved(found, head, ACTOR)
        own = signed_here(dingze, found.public_key)
    document = {
        "proved": True,
        "position": found.link.position,
        "digest": found.link.digest,
        "sealed_at": found.sealed_at,
        "public_key": found.public_key,
        "signed_here": own,
        "head": head,
        "recorded": recorded,
        "seconds": round(stopwatch.perf_counter() - began, 3),
    }
    answer(document, json, sentence("proof.proved", **document | {"signed_here": said(own)}))


def archive(
    context: typer.Context,
    year: Annotated[int | None, typer.Option(min=1970, max=9999, help="a year that is over")] = None,
    to: Annotated[Path | None, typer.Option("--to", help="a new folder; default: archive-YEAR here")] = None,
    check: Annotated[Path | None, typer.Option(help="check an archive instead", exists=True, file_okay=False)] = None,
    record: Annotated[bool, typer.Option("--record", help="with --check: compare with this database")] = False,
    key: Key = None,
    workers: Workers = 0,
    json: Json = False,
) -> None:
    """Copy the events of a closed year with their proof into a folder, or check one; nothing leaves the record."""
    with opened(context) as dingze, progress("年度档案") as advance:
        if check is not None and year is None:
            found = archives.check_archive(check, key, advance)
            if record:
                archives.against_record(found, dingze.ledger, lambda upto: _chain(dingze, upto, workers, advance))
        elif year is not None and check is None:
            to = to or Path(f"archive-{year}")
            reach = year_of(dingze, year)
            found = archives.write_archive(dingze.ledger, to, str(year), reach, dingze.sealer.signing(), advance)
        else:
            raise BadInput("archive.which", at="--year")
        own = signed_here(dingze, found.public_key)
    document: dict[str, Any] = {
        "of": found.of,
        "folder": str(check or to),
        "events": found.end.position - found.start.position,
        "start": found.start.position,
        "end": found.end.position,
        "digest": found.end.digest,
        "public_key": found.public_key,
    }
    if check is None:
        answer(document, json, sentence("archive.written", **document))
        return
    document |= {"verified": True, "signed_here": own, "against_record": record}
    told = document | {"signed_here": said(own), "against_record": said(record)}
    answer(document, json, sentence("archive.checked", **told))


def year_of(dingze: Dingze, year: int) -> tuple[Position, Position]:
    """The positions before the first and at the last event recorded in a year of the city. Raises BadInput."""
    zone = ZoneInfo(dingze.city.timezone)
    begins, over = (datetime.combine(datetime(one, 1, 1).date(), time.min, zone) for one in (year, year + 1))
    if over > dingze.clock():
        raise BadInput("archive.year-not-over", at="--year", year=year)
    before = datetime.resolution
    return dingze.ledger.position_at(begins - before), dingze.ledger.position_at(over - before)


def signed_here(dingze: Dingze, public: str) -> bool | None:
    """Whether the signing key of this system made a signature; None where it has none."""
    file = kept(dingze.settings, ".signing")
    return public_key(signing_key(file)) == public if file.exists() else None


def said(answer_: bool | None) -> str:
    """Yes, no or unknown, for people."""
    return sentence({True: "audit.yes", False: "audit.no", None: "audit.unknown"}[answer_])


def _chain(dingze: Dingze, upto: Position, workers: int, advance: Any) -> Link:
    url = dingze.settings.database_url
    return verify_parallel(dingze.ledger, url, upto=upto, workers=workers, progress=advance)
