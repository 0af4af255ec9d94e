"""What every command on an order is."""

from terms.ids import UnitCode


class Command:
    """Something somebody wants done with one order."""

    __slots__ = ()


class UnitCommand(Command):
    """A command of a unit that has, or is offered, a part in the order."""

    __slots__ = ()
    unit: UnitCode
