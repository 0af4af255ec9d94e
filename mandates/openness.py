"""What the public may read: the words of an instrument that is internal or not open are hidden, its place is not."""

import hashlib
from dataclasses import replace

from mandates.edition import RegisterEdition
from mandates.model import Instrument
from terms.ids import InstrumentId

PUBLIC_SECRECY = "公开"
ON_ITS_OWN = "主动公开"
ON_REQUEST = "依申请公开"
HIDDEN = "（该文件不公开）"
HIDDEN_UNTIL_ASKED = "（该文件依申请公开）"


def is_public(instrument: Instrument | None) -> bool:
    """Whether anybody may read the words of an instrument; one nobody knows is not public."""
    return instrument is not None and instrument.secrecy == PUBLIC_SECRECY and instrument.openness == ON_ITS_OWN


def shown(instrument: Instrument | None, text: str) -> str:
    """The words as the public sees them."""
    if is_public(instrument):
        return text
    asked = instrument is not None and instrument.secrecy == PUBLIC_SECRECY and instrument.openness == ON_REQUEST
    return HIDDEN_UNTIL_ASKED if asked else HIDDEN


def public_edition(edition: RegisterEdition) -> RegisterEdition:
    """The edition with the words of non-public instruments hidden: same keys, same units, another digest.

    Of a list item its name goes too, and of a boundary item who answers for what: they are the words of the list.
    Duty points and everyday wordings are the city's own working data and stay.
    """

    def hide(instrument: InstrumentId, text: str) -> str:
        return shown(edition.instruments.get(instrument), text)

    return replace(
        edition,
        digest=hashlib.sha256(f"public/{edition.digest}".encode()).hexdigest(),
        clauses={key: replace(item, text=hide(item.instrument, item.text)) for key, item in edition.clauses.items()},
        power_items={
            key: item
            if is_public(edition.instruments.get(item.instrument))
            else replace(item, name=hide(item.instrument, item.name), duty="", law="", article="", office="")
            for key, item in edition.power_items.items()
        },
        boundary_items={
            key: item
            if is_public(edition.instruments.get(item.instrument))
            else replace(
                item,
                division=tuple((unit, hide(item.instrument, words)) for unit, words in item.division),
                trigger="",
                handover="",
                dispute="",
                supervision="",
            )
            for key, item in edition.boundary_items.items()
        },
        subdistrict_items={
            key: replace(item, text=hide(item.instrument, item.text)) for key, item in edition.subdistrict_items.items()
        },
    )
