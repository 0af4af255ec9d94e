"""Links on the record: what the machine proposes is appended once, what a person decides carries that person's name."""

import hashlib
from datetime import datetime
from typing import Any

import orjson

from ledger.envelope import Append, Event, NewEvent, Outcome
from ledger.store import Ledger
from mandates.edition import RegisterEdition
from mandates.events import LINK_PROPOSED
from mandates.links import AT_LEAST, LinkKind, Links, decide, propose_links
from terms.actors import process
from terms.ids import StreamId

SOURCE = "linker"


def record_proposals(
    ledger: Ledger, edition: RegisterEdition, links: Links, *, at: datetime, at_least: int = AT_LEAST
) -> int:
    """Append what the machine proposes for an edition; how many were new. Asking again adds nothing."""
    given = []
    for link in propose_links(edition, links, at_least):
        body = {"kind": str(link.kind), "from": link.clause, "to": link.target, "score": link.score}
        event = _event(LINK_PROPOSED, body, at, str(process(SOURCE)), key="proposed")
        given.append(Append(link_stream(link.kind, link.clause, link.target), None, (event,)))
    return sum(answer.outcome is Outcome.NEW for answer in ledger.append_each(given))


def decide_link(
    ledger: Ledger,
    kind: LinkKind,
    clause: str,
    target: str,
    *,
    confirm: bool,
    reason: str = "",
    at: datetime,
    actor: str,
) -> Event:
    """Append a person's word on one link. Raises NotFound, Refused; Conflict when another decided just now.

    Only what was proposed can be decided: somebody who sees a link the machine missed proposes it by the list's own
    对应条目 column, which is an import.
    """
    stream = link_stream(kind, clause, target)
    history = ledger.stream(stream)
    links = Links()
    for past in history:
        links.apply(past.type, past.payload)
    type_, body = decide(links, kind, clause, target, confirm=confirm, reason=reason)
    (answer,) = ledger.append(Append(stream, len(history), (NewEvent(type_, body, at, actor),)))
    return answer.events[0]


def link_stream(kind: LinkKind, clause: str, target: str) -> StreamId:
    """The stream of one link."""
    return StreamId(f"mandate-links-{kind}/{clause}/{target}")


def _event(type_: str, body: dict[str, Any], at: datetime, actor: str, key: str) -> NewEvent:
    mark = hashlib.sha256(orjson.dumps({"to": body["to"]})).hexdigest()  # a score may change, the proposal is the same
    return NewEvent(
        type_, body, at, actor, source=SOURCE, mark=mark,
        source_key=f"{body['kind']}/{body['from']}/{body['to']}/{key}",
    )  # fmt: skip
