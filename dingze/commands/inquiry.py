"""`dingze what-if` and `dingze audit`: what a draft would have changed, and what a unit or officer did, proved.

Both only read. What-if never opens a connection that can append; the audit signs with a key derived from the master
key.
"""

import time as stopwatch
from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import orjson
import typer

from dingze.folders import kept
from dingze.options import given_day
from dingze.terminal import Json, answer, opened, progress, session
from dingze.wiring import Dingze
from ledger import signing
from ledger.envelope import Event
from mandates.edition import RegisterEdition
from projections.audit.archive import reach_of, write_archive
from projections.audit.subject import Subject
from projections.audit.verifying import against_record, verify_archive, verify_folder
from projections.what_if import report
from projections.what_if.draft import Draft, files_of, laid_over, read_draft, units_touched
from projections.what_if.past import PastOrder, past_orders
from projections.what_if.running import Material, run
from projections.what_if.workbook import workbook
from routing.memory_edition import EMPTY
from terms.errors import BadInput, NotFound
from terms.ids import UnitCode
from terms.messages import sentence

From = Annotated[str, typer.Option("--from", help="first day of the period, 2026-08-01")]
To = Annotated[str, typer.Option("--to", help="last day of the period, included")]


def add_to(app: typer.Typer) -> None:
    """Put these commands at the top level."""
    app.command("what-if")(what_if)
    app.command()(audit)


def what_if(
    context: typer.Context,
    draft: Annotated[Path, typer.Option(help="a table, a 三定 text, or a folder of them", exists=True)],
    begin: From,
    end: To,
    out: Annotated[Path | None, typer.Option(help="write the report here: .xlsx or .json")] = None,
    unit: Annotated[str | None, typer.Option(help="whose 三定 text the draft is, when it does not say")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="processes that route")] = 2,
    json: Json = False,
) -> None:
    """Replay a past period of real orders under a draft edition: which leads change, which disputes would have gone."""
    began = stopwatch.perf_counter()
    with opened(context) as dingze:
        told = tried(dingze, draft, _period(begin, end), unit=unit, workers=workers)
    told["seconds"] = round(stopwatch.perf_counter() - began, 3)
    if out is not None:
        content = workbook(told) if out.suffix.lower() == ".xlsx" else orjson.dumps(told, option=orjson.OPT_INDENT_2)
        out.write_bytes(content)
    answer(told, json, *report.lines_of(told), *([f"已写出 {out}"] if out else []))


def tried(
    dingze: Dingze, path: Path, period: tuple[date, date], *, unit: str | None = None, workers: int = 2
) -> dict[str, Any]:
    """The report on a draft over a period, both days included. Raises BadInput, NotFound; appends nothing."""
    begin, end = period
    draft = read_draft(
        dingze.register.register(), files_of(path), today=dingze.router.day_of(dingze.clock()), unit=unit
    )
    with progress("读取工单", dingze.ledger.head()) as advance:
        orders = past_orders(dingze.ledger, dingze.open_masked, begin, end, _day_of(dingze), advance)
    if not orders:
        raise NotFound("what-if.no-orders", begin=begin, end=end)
    material, paired = _material(dingze, draft, orders)
    with progress("回放", len(paired)) as advance:
        outcome = run(paired, material, workers=workers, advance=advance)
    names = {
        code: known.name
        for edition in (*material.before.values(), *material.after.values())
        for code, known in edition.units.items()
    }
    editions = {
        "register_before": sorted(material.before),
        "register_after": sorted({edition.digest for edition in material.after.values()}),
        "memory": sorted({*material.memories, material.newest}),
        "city_version": dingze.city.version,
    }
    touched = frozenset(
        unit
        for digest in material.before
        for unit in units_touched(material.before[digest], material.after[digest], draft)
    )
    return report.document(draft, begin, end, orders, outcome, names, editions, touched)


def _material(dingze: Dingze, draft: Draft, orders: list[PastOrder]) -> tuple[Material, list[tuple[PastOrder, str]]]:
    """The editions of the orders' days with the draft laid over each, and the memories their proposals knew."""
    before: dict[str, RegisterEdition] = {}
    paired: list[tuple[PastOrder, str]] = []
    for order in orders:
        edition = dingze.register.as_of(order.day)
        before.setdefault(edition.digest, edition)
        paired.append((order, edition.digest))
    newest = dingze.learner.newest()
    memories = {newest.digest: newest.to_bytes()}
    for digest in sorted({order.made_from[1] for order in orders if order.made_from is not None} - set(memories)):
        if (kept := dingze.learner.shelf.get(digest)) is not None and digest != EMPTY.digest:
            memories[digest] = kept.to_bytes()
    after = {digest: laid_over(edition, draft) for digest, edition in before.items()}
    return Material(before, after, memories, newest.digest, dingze.city, dingze.settings.cache), paired


def audit(
    context: typer.Context,
    unit: Annotated[str | None, typer.Option(help="the unit's code")] = None,
    officer: Annotated[str | None, typer.Option(help="an officer's account")] = None,
    begin: Annotated[str | None, typer.Option("--from", help="first day of the period, 2026-08-01")] = None,
    end: Annotated[str | None, typer.Option("--to", help="last day of the period, included")] = None,
    out: Annotated[Path | None, typer.Option(help="the archive; default: audit-WHOM-FROM-TO.zip here")] = None,
    verify: Annotated[
        Path | None, typer.Option(help="check an archive, or its unpacked folder, instead", exists=True)
    ] = None,
    key: Annotated[str | None, typer.Option(help="with --verify: the public key (hex) it must be signed with")] = None,
    record: Annotated[bool, typer.Option("--record", help="with --verify: compare with this database")] = False,
    json: Json = False,
) -> None:
    """A signed archive of what a unit or officer did (离任审计): events, chain proof, figures. Or check one."""
    if verify is not None:
        document = _checked(context, verify, key, record=record)
        shown = {name: _said(document[name]) for name in ("signed_here", "against_record")}
        answer(document, json, sentence("audit.verified", **document | shown))
        return
    if begin is None or end is None:
        raise BadInput("audit.period-needed", at="--from" if begin is None else "--to")
    first, last = _period(begin, end)
    subject = Subject(first, last, UnitCode(unit) if unit else None, officer)
    with opened(context) as dingze, progress("审计导出") as advance:
        content = write_archive(
            dingze.ledger,
            subject,
            reach_of(dingze.ledger, subject, ZoneInfo(dingze.city.timezone), dingze.clock()),
            dingze.audit_key(),
            advance=advance,
        )
    target = out or Path(f"audit-{_safe(subject.name)}-{first}-{last}.zip")
    target.write_bytes(content)
    manifest = verify_archive(content).manifest
    document = {
        "file": str(target),
        "sha256": sha256(content).hexdigest(),
        "size": len(content),
        "events": manifest["events"],
        "streams": manifest["streams"],
        "head": manifest["head"],
        "public_key": manifest["public_key"],
    }
    answer(document, json, sentence("audit.written", **document))


def _checked(context: typer.Context, file: Path, key: str | None, *, record: bool) -> dict[str, Any]:
    verified = verify_folder(file, key) if file.is_dir() else verify_archive(file.read_bytes(), key)
    ours = kept(session(context).settings, ".signing")
    own = signing.public_key(signing.signing_key(ours)) == verified.public_key if ours.exists() else None
    if record:
        with opened(context) as dingze, progress("与账本比对", verified.manifest["head"]["position"]) as advance:
            against_record(verified, dingze.ledger, advance)
    told = verified.manifest
    return {
        "verified": True,
        "subject": told["subject"],
        "period": told["period"],
        "events": told["events"],
        "head": told["head"],
        "public_key": verified.public_key,
        "signed_here": own,
        "against_record": record,
    }


def _said(answer_: bool | None) -> str:
    return sentence({True: "audit.yes", False: "audit.no", None: "audit.unknown"}[answer_])


def _safe(name: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in name)


def _day_of(dingze: Dingze) -> Callable[[Event], date]:
    """The city's day on which an order was received: what decided its register edition."""

    def day(event: Event) -> date:
        return dingze.router.day_of(datetime.fromisoformat(event.payload["received_at"]))

    return day


def _period(begin: str, end: str) -> tuple[date, date]:
    first, last = given_day(begin, "--from"), given_day(end, "--to")
    if first > last:
        raise BadInput("what-if.period", at="--from", begin=first, end=last)
    return first, last
