"""What a draft would do to the register: item by item, with what the lint would find that it does not find today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from console.registers.differences import Line, lines_of
from mandates.diff import diff
from mandates.draft_steps import with_draft
from mandates.drafts import Ended
from mandates.edition import RegisterEdition
from mandates.events import Enactable
from mandates.lint import lint
from mandates.lint_finding import Finding, Severity
from mandates.register import Register
from terms.actors import Role


@dataclass(frozen=True, slots=True)
class Outlook:
    """The register of `day`, when all of the draft has taken effect, without it and with it.

    `fresh` are findings that the draft would bring, `mended` how many it would take away; `backdated` counts things
    whose day has passed: they change what held on past days too.
    """

    day: date
    before: RegisterEdition
    after: RegisterEdition
    lines: tuple[Line, ...]
    hidden: int
    fresh: tuple[Finding, ...]
    mended: int
    backdated: int

    @property
    def faults(self) -> int:
        """How many of the new findings are faults of the register itself: it should not be put in force with them."""
        return sum(one.severity is Severity.ERROR for one in self.fresh)


def outlook(register: Register, items: Sequence[Enactable], ended: Sequence[Ended], today: date, role: Role) -> Outlook:
    """What these things and endings would change, seen by a role."""
    days = [item.span.valid_from for item in items] + [day for _, _, day in ended]
    day = max([today, *days])
    drafted = with_draft(register, items, ended)
    before, after = register.as_of(day), drafted.as_of(day)
    lines, hidden = lines_of(diff(before, after), before, after, role)
    then, now = lint(after, day, register.links), set(lint(before, day, register.links))
    fresh = [one for one in then if one not in now]
    past = sum(one < today for one in days)
    return Outlook(day, before, after, tuple(lines), hidden, tuple(fresh), len(now - set(then)), past)
