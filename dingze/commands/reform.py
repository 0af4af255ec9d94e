"""`dingze mandates reform`: a 机构改革 out of a JSON file, shown first, kept as a draft that others review and sign.

It is never carried out from here: on the pages another person of the 编办 reviews the draft and the director signs it.
"""

from pathlib import Path
from typing import Annotated

import orjson
import typer
from pydantic import ValidationError

from dingze.commands.acting import actor_of
from dingze.terminal import Json, answer, opened
from mandates.draft_steps import drafting, reform_of, reform_written
from mandates.drafts import Draft
from mandates.reform import Reform, plan
from terms.errors import BadInput
from terms.reasons import reason_of


def reform(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON: kind, sources, into, day …")],
    title: Annotated[str, typer.Option("--draft", help="keep it as a draft under this title")] = "",
    acting: Annotated[str, typer.Option("--as", help="with --draft: bianban_officer@UNIT")] = "",
    json: Json = False,
) -> None:
    """What a 机构改革 would change: units begun and ended, what moves, what no word says where it goes."""
    with opened(context) as dingze:
        register, now = dingze.register.register(), dingze.clock()
        ordered = _read(file)
        document = plan(register, ordered).preview() | {"draft": ""}
        if title:
            today, actor = dingze.router.day_of(now), actor_of(acting)
            draft = Draft(
                register.drafts.next_key(today), title, (file.name,), register.as_of(today).digest, 0, str(actor),
                now.isoformat(), reform=reform_written(ordered),
            )  # fmt: skip
            dingze.ledger.append(drafting(draft, actor, now))
            document["draft"] = draft.draft
    answer(document, json)


def _read(file: Path) -> Reform:
    """Raises BadInput for a file that orders no reform."""
    try:
        told = orjson.loads(file.read_bytes())
        found = reform_of(Draft("", "", (), "", 0, "", "", reform=told))
    except (orjson.JSONDecodeError, ValidationError, TypeError, ValueError) as error:
        reason = reason_of(error.errors()[0]) if isinstance(error, ValidationError) else type(error).__name__
        raise BadInput("mandates.reform", at=file.name, reason=reason) from error
    if found is None:
        raise BadInput("mandates.reform", at=file.name, reason="文件为空")
    return found
