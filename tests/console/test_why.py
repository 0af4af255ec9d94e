"""Why a proposal came out as it did, as page and command line tell it."""

from console.orders.why import why
from routing.proposal import Proposal, Reason
from terms.ids import UnitCode
from tests.routing.sample_city import sample_edition


def proposed(lead: str, *reasons: Reason, disputed: str = "") -> Proposal:
    return Proposal(
        UnitCode(lead), (), 60, False, None, (), (), reasons,
        register_edition="r", memory_edition="m", city_version="c", disputed=disputed,
    )  # fmt: skip


BUREAU, CITY, RIVAL = UnitCode("D1-05"), UnitCode("C05"), UnitCode("C03")
SAID = (
    Reason(RIVAL, "register", "小区", -300),
    Reason(CITY, "wording", "物业费", 60),
    Reason(CITY, "wording", "物业费", 24),
    Reason(BUREAU, "territory", "柳桥新村", 0),
)


def test_what_speaks_for_the_city_unit_is_told_of_the_bureau_that_leads_for_it() -> None:
    told = why(proposed("D1-05", *SAID), sample_edition().units)
    assert [(one.unit, [reason.detail for reason in one.reasons]) for one in told] == [
        (BUREAU, ["物业费", "柳桥新村"]),
        (RIVAL, ["小区"]),
    ]


def test_of_a_matter_in_dispute_each_unit_keeps_what_speaks_for_it() -> None:
    told = why(proposed("D1-05", *SAID, disputed="BC-1"), sample_edition().units)
    assert [one.unit for one in told] == [BUREAU, RIVAL, CITY]
