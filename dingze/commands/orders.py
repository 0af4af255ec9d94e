"""`dingze init | ingest | route | evaluate`: the city, its orders, and how well they are routed."""

import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from casework.work_order import commands as c
from console.administration.sample_people import SAMPLE_ACCOUNTS
from console.orders.why import why
from console.words import FEATURES
from dingze.evaluate import evaluate as evaluate_routing
from dingze.folders import initialise
from dingze.intake import ingest_file
from dingze.options import At, day, numbers
from dingze.sample import load_sample
from dingze.terminal import Json, answer, opened, progress, session
from dingze.wiring import Dingze
from ledger.signing import signed
from mandates.model import Unit
from routing.proposal import OrderText, Proposal
from terms.actors import Actor, Role
from terms.ids import Position, UnitCode, order_stream


def add_to(app: typer.Typer) -> None:
    """Put these commands at the top level."""
    for command in (init, ingest, route, evaluate, erase):
        app.command()(command)


def init(
    context: typer.Context,
    sample: Annotated[bool, typer.Option("--sample", help="load the sample city and a month of its life")] = False,
    json: Json = False,
) -> None:
    """Bring the database to the present schema and make the master key; with --sample load the sample city."""
    made_key = initialise(session(context).settings)
    document: dict[str, Any] = {"migrated": True, "key_made": made_key}
    if sample:
        with opened(context) as dingze:
            document["sample"] = load_sample(dingze)
            document["sample"]["accounts"] = dingze.people.add_missing(SAMPLE_ACCOUNTS)
    answer(document, json, "数据库已就绪。" + ("样例城市已载入。" if sample else ""))


def ingest(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    kind: Annotated[str, typer.Option(help="work-order, return or history")] = "work-order",
    mapping: Annotated[Path | None, typer.Option("--map", help="their column = ours, as TOML or JSON")] = None,
    json: Json = False,
) -> None:
    """Take in a file of orders, returns or an older platform's history; ends when proposals and views caught up."""
    began = time.perf_counter()
    with opened(context) as dingze, progress(f"接入 {file.name}") as advance:
        summary = ingest_file(dingze, file, kind=kind, mapping=mapping, advance=advance)
    document = summary | {"seconds": round(time.perf_counter() - began, 3)}
    answer(
        document,
        json,
        f"接入 {document['in']}，重复 {document['duplicate']}，冲突 {document['conflict']}，"
        f"隔离 {document['quarantined']}（{document['seconds']} 秒）",
    )


def route(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="what the citizen says")],
    place: Annotated[str, typer.Option(help="where: district, street, road, compound")] = "",
    at: At = None,
    explain: Annotated[bool, typer.Option("--explain", help="add the reasons with their weights")] = False,
    json: Json = False,
) -> None:
    """Which unit answers for this, with the clause that proves it."""
    with opened(context) as dingze:
        today = dingze.router.day_of(dingze.clock())
        proposal = dingze.router.route(OrderText(text=text, place=place, at=day(at)), day=today)
        at_day = day(at) or today
        document = proposal_document(dingze, proposal, at_day, explain=explain)
        units = dingze.register.as_of(at_day).units
    answer(document, json, *lines_of(document), *(reason_lines(proposal, units) if explain else ()))


def proposal_document(dingze: Dingze, proposal: Proposal, at: date, *, explain: bool) -> dict[str, Any]:
    """A proposal as the JSON others rely on."""
    units = dingze.register.as_of(at).units

    def unit(code: UnitCode) -> dict[str, Any]:
        known = units.get(code)
        return {
            "code": code,
            "name": known.name if known else code,
            "functions": list(known.functions if known else ()),
        }

    document: dict[str, Any] = {
        "lead": unit(proposal.lead) if proposal.lead else None,
        "supports": [unit(code) for code in proposal.supports],
        "confidence": proposal.confidence / 100,
        "automatic": proposal.automatic,
        "abstained": asdict(proposal.abstained) if proposal.abstained else None,
        "citations": [asdict(citation) for citation in proposal.citations],
        "alternatives": [
            unit(candidate.unit) | {"score": candidate.score, "why_not": candidate.why_not}
            for candidate in proposal.candidates
            if candidate.unit != proposal.lead
        ],
        "register_edition": proposal.register_edition,
        "memory_edition": proposal.memory_edition,
        "city_version": proposal.city_version,
    }
    if explain:
        document |= {
            "matter": proposal.matter,
            "matter_id": proposal.matter_id,
            "desk": unit(proposal.desk) if proposal.desk else None,
            "reasons": [asdict(reason) for reason in proposal.reasons],
            "similar": list(proposal.similar),
            "disputed": proposal.disputed,
        }
    return document


def lines_of(document: dict[str, Any]) -> list[str]:
    """A proposal as a person reads it."""
    lead = document["lead"]
    lines = [f"主办：{lead['name']}（{lead['code']}）" if lead else "主办：无"]
    if document["supports"]:
        lines.append("协办：" + "、".join(unit["name"] for unit in document["supports"]))
    lines.append(f"把握：{document['confidence']:.0%}" + ("，可自动派单" if document["automatic"] else ""))
    if document["abstained"]:
        lines.append(f"不作自动派单：{document['abstained']['message']}")
    if document.get("matter"):
        lines.append(f"事项：{document['matter']}")
    if document.get("desk"):
        lines.append(f"经由：{document['desk']['name']}转派")
    if document.get("disputed"):
        lines.append("边界争议：该事项正在争议，由现承办单位办理")
    names = {unit["code"]: unit["name"] for unit in (*([lead] if lead else []), *document["supports"])}
    for citation in document["citations"]:
        via = f"（因“{citation['via']}”）" if citation["via"] else ""
        unit = names.get(citation["unit"], citation["unit"])
        lines.append(f"依据 {citation['clause_id']} {unit}：{citation['text']}{via}")
    lines.extend(
        f"次选：{other['name']}，得分 {other['score']}，{other['why_not']}" for other in document["alternatives"]
    )
    return lines


def reason_lines(proposal: Proposal, units: Mapping[UnitCode, Unit]) -> list[str]:
    """Why, as the order page says it: of the lead, of whom it was weighed against, and the past orders leaned on."""
    lines = []
    for told in why(proposal, units):
        name = units[told.unit].name if told.unit in units else told.unit
        lines.append(f"{'理由' if told.unit == proposal.lead else '对照'}（{name}）：")
        for one in told.reasons:
            weight = f" {one.weight:+d}" if one.weight else ""
            lines.append(f"  {FEATURES.get(one.feature, one.feature)}：{one.detail}{weight}")
    if proposal.similar:
        lines.append("参照的以往工单：" + "、".join(proposal.similar))
    return lines


def evaluate(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="labelled orders, .jsonl or .jsonl.gz")],
    label: Annotated[str, typer.Option(help="the field that holds the label")],
    exclude: Annotated[str, typer.Option(help="labels whose rows leave first, joined by ,")] = "",
    text_fields: Annotated[str, typer.Option(help="fields that make up the text, joined by ,")] = "title,text",
    split: Annotated[str, typer.Option(help="shuffle (by the seed) or given (the file's order)")] = "shuffle",
    seed: Annotated[int, typer.Option()] = 0,
    test: Annotated[int | None, typer.Option(help="the last K rows are the test; default: 30 %")] = None,
    learn: Annotated[str, typer.Option(help="how many outcomes to learn from, joined by ,")] = "0",
    at: At = None,
    json: Json = False,
) -> None:
    """Score routing on labelled orders: what was learned, how often right, how sure, how fast."""
    with opened(context) as dingze, progress("评测") as advance:
        document = evaluate_routing(
            dingze,
            file,
            label=label,
            exclude=tuple(part for part in exclude.split(",") if part),
            text_fields=tuple(part for part in text_fields.split(",") if part),
            split=split,
            seed=seed,
            test=test,
            learn=numbers(learn, "--learn"),
            at=day(at),
            advance=advance,
        )
    answer(document, json, *(orjson.dumps(run).decode() for run in document["runs"]))


def erase(
    context: typer.Context,
    order_no: Annotated[str, typer.Argument(help="the order's number")],
    ground: Annotated[str, typer.Option(help="on whose request, under which rule")],
    receipt: Annotated[Path | None, typer.Option(help="write the signed receipt to this file as well")] = None,
    json: Json = False,
) -> None:
    """Erase the personal data of an order at rest: its key is destroyed, views and memory drop its text; a receipt."""
    with opened(context) as dingze:
        administrator = Actor("command-line", Role.ADMINISTRATOR)
        done = dingze.desk.do(order_no, c.ErasePersonalData(ground=ground), administrator)
        destroyed = dingze.eraser.step()
        dingze.projections.catch_up()
        dingze.learner.step()
        told = erasure_receipt(dingze, order_no, ground, done.position)
    if receipt is not None:
        receipt.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    document = {"order_no": order_no, "keys_destroyed": destroyed, "position": done.position, "receipt": told}
    answer(document, json, f"工单 {order_no} 的个人信息已删除，回执位置 {done.position}，销毁密钥 {destroyed} 把。")


def erasure_receipt(dingze: Dingze, order_no: str, ground: str, position: Position) -> dict[str, Any]:
    """The signed receipt of an erasure: on what ground, where it stands in the record, which keys are gone since when.

    It names no person and nothing that was erased. `ledger.signing.checked` checks it.
    """
    link = dingze.ledger.link(position)
    gone = dingze.vault.receipts(dingze.eraser.subjects(order_stream(order_no)))
    told = {
        "kind": "dingze.erasure/1",
        "order_no": order_no,
        "ground": ground,
        "position": link.position,
        "digest": link.digest,
        "keys": [{"key_id": one.key_id, "erased_at": one.erased_at} for one in gone],
    }
    return signed(told, dingze.sealer.signing())
