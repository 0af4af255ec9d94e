"""退单争议定期梳理: each disputed item with opinion, disposition, owner and date; it comes back until closed."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from casework.papers.kinds import PaperKind
from casework.papers.paper import Paper, Quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestItem:
    """One disputed item. `times` counts the digests it has stood in, this one included.

    `quotes` are the clauses both sides stand on. Before it is judged, `opinion` to `due` are empty.
    """

    number: int
    matter: str
    units: tuple[str, ...]
    orders: int
    opinion: str  # 研判意见
    disposition: str  # 解释 / 会商 / 立案 / 改清单
    owner: str
    due: date | None
    state: str
    times: int = 1
    quotes: tuple[Quoted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest(Paper):
    """The digest of one period: the figures and the items (聊城: 退单争议定期梳理, 逐项跟踪)."""

    KIND: ClassVar[PaperKind] = PaperKind.DIGEST

    period: str  # "2026年第三季度"
    first_day: date
    last_day: date
    dispatched: int
    returned: int
    upheld: int
    refused: int
    closed: int  # items of the last digest closed since
    items: tuple[DigestItem, ...]
