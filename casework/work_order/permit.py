"""The two questions before any rule: may this role do this at all, and may it do so for this unit and order."""

from casework.guards import forbid, require
from casework.permissions import UNIT_ROLES, may
from casework.work_order import commands as c
from casework.work_order.context import Context
from casework.work_order.state import Status, WorkOrder
from terms.actors import Actor, Role
from terms.messages import sentence

DESK_AS_HOTLINE = (
    c.PassOn,
    c.AddSupport,
    c.AskUnit,
    c.ReviewReturn,
    c.DecideSupportObjection,
    c.DecideExtension,
    c.ReviewResult,
)


def permit(order: WorkOrder, command: c.Command, context: Context) -> None:
    """Raise NotPermitted unless the actor's role may give the command, for its own unit and its own orders."""
    actor = context.actor
    if not may(actor.role, type(command)):
        raise forbid("role", action=action(command))
    if actor.role in UNIT_ROLES:
        _own_unit(order, command, actor)


def _own_unit(order: WorkOrder, command: c.Command, actor: Actor) -> None:
    if isinstance(command, c.UnitCommand):
        if command.unit != actor.unit:
            raise forbid("own-unit", action=action(command))
    elif actor.role is Role.DISTRICT_DESK and isinstance(command, DESK_AS_HOTLINE):
        if actor.unit is None or order.desk != actor.unit:
            raise forbid("own-district", action=action(command))
    elif isinstance(command, c.ReadPersonalData):
        if actor.unit not in set(order.units()):
            raise forbid("own-orders", action=action(command))
        if order.reporter_hidden or actor.unit in order.subject_units:  # 济南条例 art. 32
            raise forbid("reporter-hidden", action=action(command))


def action(command: c.Command) -> str:
    """The command's name on pages."""
    return sentence(f"command.{type(command).__name__}")


def in_status(order: WorkOrder, command: c.Command, statuses: frozenset[Status]) -> None:
    """Raise Refused unless the order is in one of these states; the sentence says what can be done now."""
    name = order.status.name.lower().replace("_", "-")
    require(
        order.status in statuses,
        "state",
        status=str(order.status),
        action=action(command),
        instead=sentence(f"instead.{name}"),
    )
