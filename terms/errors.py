"""The one exception tree.

    DingzeError
    ├── BadInput            what came in cannot be read or is not allowed; nothing was written
    │   └── TooLarge        the body or file is over the limit
    ├── NotFound            no such order, unit, clause, edition …
    ├── NotPermitted        the role or the unit may not do or see this
    ├── Refused             a rule of casework says no; carries the rule and what to do instead
    ├── Conflict            somebody else was first (a version moved on); look again and decide anew
    ├── Unavailable         a server or file that is needed is not there just now; try again
    └── LedgerBroken        the record does not prove itself: a hole, a wrong digest, an unknown event

Every error has a stable `code` and says, in Chinese, what to do (`terms.messages`). `at` names the place of the
fault (a file, row and column, a JSON path, a position), `params` fill the sentence and are safe to show.
"""

from typing import Any

from terms.messages import sentence


class DingzeError(Exception):
    """An error that a person is shown. `code` is stable: it is part of the interface."""

    status = 500

    def __init__(self, code: str, *, at: str | None = None, **params: Any) -> None:
        self.code = code
        self.at = at
        self.params = params
        super().__init__(f"{code}: {self.message}" + (f" [{at}]" if at else ""))

    @property
    def message(self) -> str:
        """The Chinese sentence that says what to do."""
        return sentence(self.code, **self.params)

    def problem(self) -> dict[str, Any]:
        """The error as an RFC 9457 problem document."""
        found = {"type": f"urn:dingze:{self.code}", "title": self.message, "status": self.status, "code": self.code}
        return found | ({"at": self.at} if self.at else {})

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.code, self.at, self.params)


def _rebuild(kind: type[DingzeError], code: str, at: str | None, params: dict[str, Any]) -> DingzeError:
    return kind(code, at=at, **params)


class BadInput(DingzeError):
    """What came in cannot be read or is not allowed; nothing was written."""

    status = 422


class TooLarge(BadInput):
    """The body or the file is over the limit."""

    status = 413


class NotFound(DingzeError):
    """There is no such thing, or none this person may know of."""

    status = 404


class NotPermitted(DingzeError):
    """The role or the unit may not do or see this."""

    status = 403


class Refused(DingzeError):
    """A rule says no. `params["rule"]` is the rule's id in docs/rules.md, the message says what to do instead."""

    status = 409


class Conflict(DingzeError):
    """Somebody else was first; the page shows what happened and asks again."""

    status = 409


class Unavailable(DingzeError):
    """A server or a file that is needed is not there just now."""

    status = 503


class LedgerBroken(DingzeError):
    """The record does not prove itself: a hole in the positions, a wrong digest, an event nobody can read."""
