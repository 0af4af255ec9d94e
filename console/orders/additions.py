"""What a citizen adds to an order, given as plain words by a program: sealed and masked before it becomes a fact."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from casework.lanes import Loaded
from casework.work_order import WorkOrder
from casework.work_order import commands as c
from ingest.contracts import IncomingAttachment
from ingest.masking import mask
from ingest.orders import attachment
from ledger.vault import Vault
from terms.errors import BadInput
from terms.ids import order_stream
from terms.reasons import reason_of


class Addition(BaseModel):
    """补充诉求 in plain words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    channel: Annotated[str, Field(max_length=40)] = ""
    attachments: Annotated[tuple[IncomingAttachment, ...], Field(max_length=50)] = ()

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        """From JSON values. Raises BadInput with the first field at fault."""
        try:
            return cls.model_validate(dict(body))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            code = "casework.unknown-field" if first["type"] == "extra_forbidden" else "casework.bad-field"
            raise BadInput(code, at=field, field=field, reason=reason_of(first)) from error


def addition(told: Addition, order: Loaded[WorkOrder], vault: Vault) -> c.AddToOrder:
    """The command that keeps it: the words under the order's key, and what others may read of them.

    The requester's own name and number are covered wherever they stand. Raises Erased when the key is gone.
    """
    stream = order_stream(order.state.order_no)
    ring = vault.reading([stream])
    box = next((one.payload["sealed"] for one in order.events if one.type == "WorkOrderReceived"), None)
    person = (ring.open(stream, box) if box else None) or {}
    known = [word for word in (person.get("caller_name"), person.get("caller_phone")) if word]
    sealed = {"text": told.text, "attachments": [one.model_dump() for one in told.attachments]}
    return c.AddToOrder(
        sealed=ring.seal(stream, sealed),
        masked=ring.seal(stream, {"text": mask(told.text, known)}),
        attachments=tuple(attachment(one, known) for one in told.attachments),
        channel=mask(told.channel, known),
    )
