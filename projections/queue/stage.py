"""The state a list shows of an order, as its page does (`WorkOrder.stage`): what lies beside the work goes before it.

Beside the work lie marks: a return under review, who has still to be heard on it, a consultation, hand-overs on their
way, extensions asked for. While they lie there the work goes on (首接负责制, 北京条例 art. 14), so both are kept.
"""

from projections.view import Row

RETURN, ASKED, CONSULTED, HANDED, EXTENDING = "return", "asked", "consulted", "handed", "extending"
_BESIDE = frozenset(
    {"待受理", "待派遣", "待补充", "已派单", "签收", "办理中", "重办", "挂账", "办结审核", "回访"}
)  # states beside which something can lie


def mark(kind: str, of: object = "") -> str:
    """One mark: its kind, and whose."""
    return f"{kind}:{of}"


def marked(row: Row, *marks: str) -> str:
    """What lies beside the work, with more."""
    return "|".join(dict.fromkeys([*_marks(row["aside"]), *marks]))


def unmarked(row: Row, *kinds: str) -> str:
    """What lies beside the work, without marks of these kinds, or without these marks."""
    return "|".join(one for one in _marks(row["aside"]) if one not in kinds and one.partition(":")[0] not in kinds)


def shown(stands: str, aside: str) -> str:
    """The state to show."""
    if not aside or stands not in _BESIDE:
        return stands
    kinds = {one.partition(":")[0]: one for one in _marks(aside)}
    if RETURN in kinds:  # with nobody to be heard, or everybody heard, it is the review's
        return "退单申请" if ASKED in kinds and kinds[RETURN] != mark(RETURN) else "异议审核"
    if CONSULTED in kinds:
        return "会商"
    if HANDED in kinds:
        return "移送"
    return "延期" if EXTENDING in kinds else stands


def _marks(aside: str) -> list[str]:
    return aside.split("|") if aside else []
