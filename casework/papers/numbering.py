"""文号: how papers are numbered. Pure: the last number comes in, the next goes out.

A series is what is printed before the number: 机关代字 and year. Where a city gives every kind and every issuing unit
its own 代字, as it should, that is one series a kind, year and unit; where two share one, they share the count, so the
same 文号 can never appear on two papers. GB/T 9704-2012, 7.2.5: year in 〔〕, number without leading zeros or 第.
"""

from dataclasses import dataclass, field, replace

from casework.events.fact import Attachment
from casework.events.papers import PaperFact, PaperIssued, PaperVoided, ScanAttached
from casework.papers.kinds import PaperKind
from city.configuration import Papers
from terms.errors import BadInput, LedgerBroken, NotFound
from terms.ids import UnitCode


@dataclass(frozen=True, slots=True)
class Issued:
    """One paper of a series: its number, its file's digest, the signed scan, and why it is void, if it is."""

    fact: PaperIssued
    scan: Attachment | None = None
    voided: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One number series, folded from its facts."""

    prefix: str
    year: int
    papers: tuple[Issued, ...] = field(default=())

    @property
    def version(self) -> int:
        """How many numbers were given."""
        return len(self.papers)

    @property
    def last(self) -> int:
        """The last number given; 0 before the first."""
        return len(self.papers)

    def paper(self, number: int) -> Issued:
        """The paper with that number. Raises NotFound when it was not given yet."""
        if not 1 <= number <= self.last:
            raise NotFound("paper.not-issued", doc_no=doc_no(self.prefix, self.year, max(number, 1)))
        return self.papers[number - 1]


def next_number(last: int) -> int:
    """The number after the last one given: 1, 2, 3 …, no gap, none twice."""
    return last + 1


def doc_no(prefix: str, year: int, number: int) -> str:
    """云编办督〔2026〕3号."""
    return f"{prefix}〔{year}〕{number}号"


def prefix_of(kind: PaperKind, issuer: UnitCode, papers: Papers) -> str:
    """The 机关代字 of a kind for a unit, from the city's configuration; `{unit}` in it stands for the unit's code.

    Raises BadInput for a kind that bears no number of its own or that the city gave no 代字.
    """
    if kind is PaperKind.APPROVAL_SHEET:
        raise BadInput("paper.not-numbered", at="kind", kind=kind.label)
    found = dict(papers.prefixes).get(kind, "")
    if not found:
        raise BadInput("paper.no-prefix", at="kind", kind=kind.label)
    return found.replace("{unit}", issuer)


def evolve(series: Series, fact: PaperFact) -> Series:
    """The series after one more fact. Raises LedgerBroken where numbers do not follow one another."""
    if isinstance(fact, PaperIssued):
        expected = next_number(series.last)
        if fact.number != expected:
            raise LedgerBroken("paper.numbers-broken", doc_no=fact.doc_no, expected=expected)
        return replace(series, papers=(*series.papers, Issued(fact)))
    found = series.paper(fact.number)
    if isinstance(fact, ScanAttached):
        found = replace(found, scan=fact.scan)
    elif isinstance(fact, PaperVoided):
        found = replace(found, voided=fact.reason)
    at = fact.number - 1
    return replace(series, papers=(*series.papers[:at], found, *series.papers[at + 1 :]))
