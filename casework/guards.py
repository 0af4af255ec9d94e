"""How a rule says no: by its name, with the sentence that says what to do instead.

The name of a rule is its key in docs/rules.md, the end of its message code (`rule.<name>`) and `params["rule"]`.
"""

from typing import Any

from terms.errors import NotPermitted, Refused


def refuse(rule: str, **params: Any) -> Refused:
    """The refusal, to be raised by whoever found it."""
    return Refused(f"rule.{rule}", rule=rule, **params)


def require(holds: bool, rule: str, **params: Any) -> None:
    """Raise Refused by that rule unless it holds."""
    if not holds:
        raise refuse(rule, **params)


def forbid(rule: str, **params: Any) -> NotPermitted:
    """The role or the unit may not do this at all."""
    return NotPermitted(f"rule.{rule}", rule=rule, **params)
