"""How the matter lane of the sample month is played: its days, its numbers, and commands that may be told no."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from casework.boundary_case import commands as b
from casework.finding import commands as f
from sample.stage import Stage
from terms.actors import Actor
from terms.errors import NotPermitted, Refused


@dataclass(slots=True)
class Lane:
    """What the matter lane is played with. `first` is when the month began."""

    stage: Stage
    first: datetime
    number: Callable[[str], str]  # the last three digits → the order's number

    # --- time and names ---

    def on(self, day: int) -> datetime:
        return self.stage.hours.next_open(self.first + timedelta(days=day))

    def after(self, days: float) -> datetime:
        return self.stage.hours.next_open(self.stage.clock.now + timedelta(days=days))

    def case_no(self, number: int) -> str:
        return f"ZY{self.first.year}{number:03}"

    def finding_no(self, number: int) -> str:
        return f"WT{self.first.year}{number:03}"

    @property
    def today(self) -> date:
        return self.stage.clock.now.astimezone(self.stage.zone).date()

    @property
    def in_force(self) -> date:
        """The first of the month after the story's end."""
        end = self.stage.ends.astimezone(self.stage.zone).date()
        return (end.replace(day=1) + timedelta(days=32)).replace(day=1)

    # --- acting ---

    def do_case(self, case_no: str, command: b.CaseCommand, actor: Actor) -> bool:
        done = self.told(command, lambda: self.stage.desk.do_case(case_no, command, actor))
        self.stage.refresh()
        return done

    def do_finding(self, finding_no: str, command: f.FindingCommand, actor: Actor) -> bool:
        return self.told(command, lambda: self.stage.desk.do_finding(finding_no, command, actor))

    def told(self, command: object, act: Callable[[], Any]) -> bool:
        try:
            act()
        except (Refused, NotPermitted) as no:
            self.stage.refused[f"{type(command).__name__}: {no.params.get('rule', no.code)}"] += 1
            return False
        return True

    def orders(self, serials: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the orders that have come in by now."""
        numbers = (self.number(serial) for serial in serials)
        return tuple(one for one in numbers if one in self.stage.scenes and self.stage.scenes[one].order.version > 0)
