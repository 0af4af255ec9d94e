"""Through whose hands a paper goes, by its kind (拟稿—审核—签发), and who issues it. Pure.

A unit's people write for their own unit. What a paper does when it is signed, its signer must be allowed to do anyway.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from casework import events as e
from casework.guards import forbid, require
from casework.papers.kinds import PaperKind
from casework.paperwork.material import Material
from casework.paperwork.of_orders import assignments, lead_of, return_asked
from casework.paperwork.writing import Write
from casework.permissions import BIANBAN, DIRECTOR, OFFICES, PARTIES, SUPERVISING, UNIT_ROLES
from casework.work_order import WorkOrder
from terms.actors import Actor, Role
from terms.ids import UnitCode


@dataclass(frozen=True, slots=True)
class Hands:
    """The roles that may draft, review and sign."""

    draft: frozenset[Role]
    review: frozenset[Role]
    sign: frozenset[Role]


_DESK = frozenset({Role.DISTRICT_DESK})
_REVIEW = frozenset({Role.REVIEWER}) | _DESK
HANDS: dict[PaperKind, Hands] = {
    PaperKind.DISPATCH_NOTICE: Hands(_REVIEW | {Role.DISPATCHER}, _REVIEW | {Role.DISPATCHER}, _REVIEW),
    PaperKind.RETURN_APPLICATION: Hands(UNIT_ROLES, PARTIES | _DESK, PARTIES | _DESK),
    PaperKind.REVIEW_RESULT: Hands(_REVIEW, _REVIEW, _REVIEW),
    PaperKind.MINUTES: Hands(PARTIES | OFFICES, PARTIES | OFFICES, BIANBAN),
    PaperKind.COORDINATION_APPLICATION: Hands(PARTIES, PARTIES, frozenset({Role.UNIT_LEADER})),
    PaperKind.COORDINATION_OPINION: Hands(OFFICES, OFFICES, DIRECTOR | {Role.JUSTICE_OFFICER}),
    PaperKind.DECISION: Hands(BIANBAN, BIANBAN, DIRECTOR),
    PaperKind.SUPERVISION_NOTICE: Hands(BIANBAN, BIANBAN, DIRECTOR),
    PaperKind.SUPERVISION_ORDER: Hands(SUPERVISING, SUPERVISING, SUPERVISING),
    PaperKind.REMINDER_LETTER: Hands(SUPERVISING, SUPERVISING, SUPERVISING),
    PaperKind.DIGEST: Hands(BIANBAN, BIANBAN, DIRECTOR),
}


def by_these_hands(roles: frozenset[Role], actor: Actor, issuer: UnitCode, action: str) -> None:
    """Raise NotPermitted unless the role may, and, of a unit's people, for their own unit."""
    if actor.role not in roles:
        raise forbid("paper-hands", action=action)
    if actor.role in UNIT_ROLES and actor.unit != issuer:
        raise forbid("own-unit", action=action)


def for_those_with_a_part(order: WorkOrder, units: Iterable[UnitCode], hotline: UnitCode) -> None:
    """A paper about an order holds its words: it goes to nobody without a part in it, never to the one complained
    about (济南条例 art. 32)."""
    part = {*order.units(), hotline}
    for unit in units:
        require(unit not in order.subject_units, "never-to-the-one-complained-about", unit=unit)
        require(unit in part, "paper-for-those-with-a-part", unit=unit)


def issuer_of(command: Write, actor: Actor, material: Material) -> UnitCode:
    """Whose paper it is: the returning unit's, the applicant's, the convener's; else the hotline's or 编办's."""
    city, kind = material.city, command.KIND
    if kind is PaperKind.RETURN_APPLICATION:
        return return_asked(material, getattr(command, "objection", 0))[0].unit
    if kind in (PaperKind.DISPATCH_NOTICE, PaperKind.REVIEW_RESULT):
        of_a_desk = actor.role is Role.DISTRICT_DESK and actor.unit
        return actor.unit if of_a_desk and actor.unit else UnitCode(city.hotline_unit)
    if kind is PaperKind.MINUTES:
        return material.last(e.BoundaryCaseOpened)[0].convener
    if kind is PaperKind.COORDINATION_APPLICATION:
        return material.last(e.ApplicationSubmitted)[0].unit
    if kind is PaperKind.COORDINATION_OPINION:
        moved = material.all(e.JurisdictionMoved)
        return moved[-1][0].handler if moved else material.last(e.BoundaryCaseOpened)[0].handler
    if actor.role is Role.SUPERVISOR and actor.unit:
        return actor.unit
    return UnitCode(city.bianban_unit)


def addressees_of(command: Write, material: Material) -> tuple[UnitCode, ...]:
    """Whom a paper of this kind is for, when its drafter names nobody."""
    if command.addressees:
        return command.addressees
    city, kind = material.city, command.KIND
    if kind is PaperKind.DISPATCH_NOTICE:
        return (lead_of(assignments(material)[-1][0]),)
    if kind is PaperKind.RETURN_APPLICATION:
        return (UnitCode(city.hotline_unit),)
    if kind is PaperKind.REVIEW_RESULT:
        asked = return_asked(material, getattr(command, "objection", 0))[0].unit
        return tuple(dict.fromkeys((asked, lead_of(assignments(material)[-1][0]))))
    if kind is PaperKind.MINUTES:
        return ()
    if kind is PaperKind.COORDINATION_APPLICATION:
        return (material.last(e.BoundaryCaseOpened)[0].handler,)
    if kind in (PaperKind.COORDINATION_OPINION, PaperKind.DECISION):
        return material.last(e.BoundaryCaseOpened)[0].parties
    if kind is PaperKind.DIGEST:
        items = material.last(e.DigestOpened)[0].items
        return tuple(dict.fromkeys(unit for item in items for unit in item.units))
    return (material.last(e.FindingRaised)[0].unit,)
