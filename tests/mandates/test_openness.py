"""The words of internal and closed instruments stay inside."""

from dataclasses import replace

import pytest

from mandates.model import Instrument, InstrumentKind
from mandates.openness import HIDDEN, HIDDEN_UNTIL_ASKED, public_edition
from terms.ids import ClauseId, InstrumentId, UnitCode
from tests.mandates.town import town

SANDING = Instrument(InstrumentId("I-A1-SD"), InstrumentKind.SANDING, "《A1SD》", unit=UnitCode("A1"))


@pytest.mark.parametrize(
    ("secrecy", "openness", "words"),
    [
        ("内部", "主动公开", HIDDEN),
        ("公开", "不公开", HIDDEN),
        ("公开", "依申请公开", HIDDEN_UNTIL_ASKED),
        ("秘密", "依申请公开", HIDDEN),
    ],
)
def test_the_text_of_a_closed_instrument_is_hidden(secrecy: str, openness: str, words: str) -> None:
    public = public_edition(town(replace(SANDING, secrecy=secrecy, openness=openness)))
    assert public.text_of(ClauseId("A1-SD-01")) == words
    assert public.text_of(ClauseId("A2-SD-01")) == town().text_of(ClauseId("A2-SD-01"))


def test_a_closed_list_hides_its_items_and_its_laws() -> None:
    closed = replace(SANDING, id=InstrumentId("I-A1-QZ"), kind=InstrumentKind.POWER_LIST, secrecy="内部")
    text = public_edition(town(closed)).text_of(ClauseId("A1-CF-001")) or ""
    assert "供水" not in text


def test_an_item_of_an_instrument_nobody_knows_is_not_shown() -> None:
    edition = town()
    orphan = replace(edition, instruments={})
    assert public_edition(orphan).text_of(ClauseId("A1-SD-01")) == HIDDEN


def test_the_public_edition_has_a_name_of_its_own() -> None:
    assert public_edition(town()).digest != town().digest
