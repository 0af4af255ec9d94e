"""One order, one register edition, one memory edition, one city version → one proposal, always the same bytes.

The way: read the text → find wordings and names → weigh the units → choose lead and ground → find the tier by place →
abstain or not → supports, rivals, reasons. The proposer, `dingze evaluate` and `dingze route` call `propose`; what-if,
which asks only where an order would go, calls `verdict`, the first half of the same way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from city.configuration import CityConfiguration
from mandates.model import Level
from routing.complaints import Complaint, complaints_of, heard_by
from routing.evidence import LEAST, Evidence, cite, enough_said
from routing.explain import memory_reason, register_reason, spoken, why_not, wording_reasons
from routing.index import RegisterIndex
from routing.leading import Lead, in_tier, is_district_matter, lead_of, matter_of
from routing.memory_edition import MemoryEdition
from routing.proposal import Abstention, Candidate, Citation, OrderText, Proposal, Reason, Verdict
from routing.seen import Seen, Words, read_order, see
from routing.supports import Support, ground_in_matter, ground_of, supports_of
from routing.weighing import Weighed, weigh
from terms.ids import ClauseId, UnitCode
from terms.messages import sentence

NOBODY: Mapping[str, UnitCode] = {}
_VERSIONS: dict[int, tuple[CityConfiguration, str]] = {}  # keeps the configuration, so that its id stays its own
_PLACE_AT_MOST = 40  # code points of a text that may be nothing but a place
_HELPED_AT = 500  # least share of past orders like this one, in 1/1000, with which a unit helped


@dataclass(frozen=True, slots=True)
class _Judged:
    """An order with its lead chosen: what decides where it goes."""

    seen: Seen
    weighed: Weighed
    complaints: Sequence[Complaint]
    lead: Lead
    cited: tuple[Citation, ...]  # of the lead: one, or none
    abstained: Abstention | None
    automatic: bool
    desk: UnitCode | None


def propose(
    order: OrderText,
    index: RegisterIndex,
    memory: MemoryEdition,
    city: CityConfiguration,
    *,
    status_quo: Mapping[ClauseId, UnitCode] | Mapping[str, UnitCode] = NOBODY,
) -> Proposal:
    """The proposal for one order. `status_quo` names, for every disputed matter, who handles it meanwhile."""
    judged = _judge(read_order(order), index, memory, city, {str(key): unit for key, unit in status_quo.items()})
    if judged is None:
        return _nobody(index, memory, city)
    seen, weighed, lead = judged.seen, judged.weighed, judged.lead
    found = _supports(seen, index, memory, city, weighed, lead)
    matter, matter_id = matter_of(index, lead.ground)
    return Proposal(
        lead=lead.unit,
        supports=tuple(support.unit for support in found),
        confidence=lead.confidence,
        automatic=judged.automatic,
        abstained=judged.abstained,
        citations=(*judged.cited, *_citations(seen, index, [(one.unit, one.ground) for one in found])),
        candidates=_candidates(seen, index, city, weighed, lead),
        reasons=_reasons(seen, index, memory, weighed, lead, judged.complaints),
        register_edition=index.digest,
        memory_edition=memory.digest,
        city_version=_version(city),
        desk=judged.desk,
        matter=matter,
        matter_id=matter_id,
        disputed=lead.disputed,
        similar=memory.similar(weighed.scores.near, lead.city_unit),
    )


def verdict(words: Words, index: RegisterIndex, memory: MemoryEdition, city: CityConfiguration) -> Verdict:
    """Where an order would go: what `propose` says of it, without supports, rivals and reasons, in two thirds of the
    time."""
    judged = _judge(words, index, memory, city, {})
    if judged is None:
        return Verdict(None, None, False, _because("route.too-little"), ())
    return Verdict(judged.lead.unit, judged.desk, judged.automatic, judged.abstained, judged.cited)


def _judge(
    words: Words,
    index: RegisterIndex,
    memory: MemoryEdition,
    city: CityConfiguration,
    status_quo: Mapping[str, UnitCode],
) -> _Judged | None:
    """The lead, its ground, and whether it goes by rule; None where nothing is said or nobody is left."""
    seen = see(words, index)
    named = seen.named
    complaints = _complaints(seen, index)
    excluded = frozenset({*words.order.subject_units, *(one.unit for one in complaints)})
    noted = index.names.noted(seen.reading.text, named)
    weighed = weigh(
        index,
        memory,
        city,
        seen.reading,
        seen.hits,
        seen.likeness,
        noted,
        excluded,
        seen.calls,
        seen.vector,
        lambda: seen.heard(index),
        heard_by(index, complaints, excluded),
        lambda unit: next(iter(seen.grounds(index, unit)), None),
    )
    if not weighed.ranked or not enough_said(seen.reading, 1):
        return None
    lead = lead_of(seen, index, city, weighed, status_quo)
    by_rule = bool(lead.disputed) or lead.by_list or weighed.preceding is not None
    proven = lead.ground is not None and lead.ground.strength >= (LEAST if by_rule else city.routing.proof_at)
    cited = _citations(seen, index, [(lead.unit, lead.ground)] if lead.ground and proven else [])
    abstained = _abstained(seen, index, city, weighed, lead, cited)
    automatic = abstained is None and (lead.confidence >= city.routing.automatic_at or bool(lead.disputed))
    desk = index.places.desk(_district_of(index, lead.unit))
    return _Judged(seen, weighed, complaints, lead, cited, abstained, automatic, desk)


def _complaints(seen: Seen, index: RegisterIndex) -> list[Complaint]:
    """The units that the order complains about, where the words of a matter stand beside them as well."""
    text = seen.reading.text
    named = [*seen.named, *index.names.hotline(text)]
    return complaints_of(text, named, [hit.span for hit in seen.hits if hit.exact]) if named else []


def _version(city: CityConfiguration) -> str:
    """The city version, reckoned once for a configuration: it is a digest of the whole tree."""
    kept = _VERSIONS.get(id(city))
    if kept is None or kept[0] is not city:
        kept = _VERSIONS[id(city)] = (city, city.version)
    return kept[1]


def _nobody(index: RegisterIndex, memory: MemoryEdition, city: CityConfiguration) -> Proposal:
    abstained = Abstention("route.too-little", sentence("route.too-little"))
    editions = (index.digest, memory.digest, _version(city))
    return Proposal(None, (), 0, False, abstained, (), (), (), *editions)


def _supports(
    seen: Seen, index: RegisterIndex, memory: MemoryEdition, city: CityConfiguration, weighed: Weighed, lead: Lead
) -> list[Support]:
    """First whom the clauses call in, then who helped with most orders like it: each only with a ground of its own."""
    lead_unit = lead.city_unit
    helped = memory.helpers(weighed.scores.near, lead_unit)
    found: list[Support] = []
    heard = seen.heard(index)
    if heard is not None and lead_unit in index.column:
        register = np.array(weighed.scores.register, np.int64)
        leads = weighed.leads or {index.column[lead_unit]: 1000}
        for unit in supports_of(index, heard, register, leads, lead_unit, helped):
            column = index.column[unit]
            ground = ground_of(heard.parts, column, unit, seen.hits, seen.calls)
            if ground is None:
                ground = ground_in_matter(index, heard.arising, index.column[lead_unit], column, unit)
            if ground is None and (near := seen.grounds(index, unit)) and near[0].strength >= LEAST:
                ground = near[0]
            if ground is not None:
                found.append(Support(unit, ground))
    found += [
        Support(unit, near[0])
        for unit in sorted(helped, key=lambda one: (-helped[one], one))
        if helped[unit] >= _HELPED_AT and unit != lead_unit
        if (near := seen.grounds(index, unit)) and near[0].strength >= LEAST
    ]
    first: dict[UnitCode, Support] = {}
    for support in found:
        first.setdefault(support.unit, support)
    placed: list[Support] = []
    for support in list(first.values())[: city.routing.supports_at_most]:
        unit = in_tier(seen, index, weighed, support.ground.unit, support.ground)
        # neither itself nor as the city's unit for a bureau: the lead twice, or the one complained about
        taken = {lead.unit, *weighed.excluded, *(one.unit for one in placed)}
        if not taken & {unit, support.ground.unit}:
            placed.append(Support(unit, support.ground))
    return placed


def _citations(
    seen: Seen, index: RegisterIndex, grounds_of: Sequence[tuple[UnitCode, Evidence]]
) -> tuple[Citation, ...]:
    found = [cite(index, seen.text, seen.reading, ground, unit) for unit, ground in grounds_of]
    return tuple(citation for citation in found if citation is not None)


def _abstained(
    seen: Seen,
    index: RegisterIndex,
    city: CityConfiguration,
    weighed: Weighed,
    lead: Lead,
    cited: Sequence[Citation],
) -> Abstention | None:
    """The first reason against dispatch by rule, in the order a dispatcher would ask."""
    name = index.edition.units[lead.unit].name
    if not enough_said(seen.reading, city.routing.least_characters) or _only_a_place(seen, index):
        return _because("route.too-little")
    uncited = not cited and not lead.disputed
    if uncited and (lead.ground is None or lead.ground.strength < LEAST):
        learned = any(reason.feature in ("memory", "caller-note") for reason in weighed.reasons)
        return _because("route.precedent-without-clause" if learned else "route.no-clause", lead=name)
    if weighed.excluded:
        accused = "、".join(_name(index, unit) for unit in sorted(weighed.excluded))
        return _because("route.complaint", units=accused)
    if uncited:
        return _because("route.weak-clause", lead=name)
    if lead.disputed:
        return None
    if not lead.by_list:  # an item of its own list outweighs rivals, and it names the place
        share = weighed.ranked[0][1]
        if len(weighed.ranked) > 1:
            rival, second = weighed.ranked[1]
            if share * 100 < second * (100 + city.routing.close_call):
                return _because("route.two-clauses", lead=name, other=index.edition.units[rival].name)
        mirrored = index.places.has_mirror(lead.city_unit)
        if seen.where.district is None and mirrored and is_district_matter(index, lead.city_unit, lead.ground):
            return _because("route.unknown-place")
    if lead.confidence < city.routing.automatic_at:
        return _because("route.not-sure", confidence=lead.confidence, needed=city.routing.automatic_at)
    return None


def _only_a_place(seen: Seen, index: RegisterIndex) -> bool:
    """Whether the text names a place and no matter: no word of it stands beside the names."""
    text = seen.reading.text
    if len(text) > _PLACE_AT_MOST:
        return False
    beside = index.places.beside_places(text)
    return not any(word in beside for word in seen.reading.plain)


def _name(index: RegisterIndex, unit: UnitCode) -> str:
    known = index.edition.units.get(unit)
    return known.name if known else unit


def _because(code: str, **params: object) -> Abstention:
    return Abstention(code, sentence(code, **params))


def _candidates(
    seen: Seen, index: RegisterIndex, city: CityConfiguration, weighed: Weighed, lead: Lead
) -> tuple[Candidate, ...]:
    """The lead and its runners-up, in the tier they would handle it in; each with what it lacked."""
    top = weighed.ranked[0][1]
    found = [Candidate(lead.unit, top)]
    for unit, share in weighed.ranked:
        if unit == lead.city_unit and lead.unit != unit and not (lead.by_list or lead.disputed):
            continue
        ground = None
        if len(found) == 1:  # for the runner-up what it lacked; the rest show their score
            near = seen.grounds(index, unit)
            ground = near[0] if near else None
        placed = in_tier(seen, index, weighed, unit, ground)
        if any(placed == one.unit for one in found):
            continue
        if unit == lead.city_unit:
            lacked = sentence("route.why-not.disputed" if lead.disputed else "route.why-not.by-list")
        elif len(found) == 1:
            lacked = why_not(ground, top - share)
        else:
            lacked = sentence("route.why-not.far", behind=top - share)
        found.append(Candidate(placed, share, lacked))
        if len(found) > city.routing.alternatives:
            break
    return tuple(found)


def _reasons(
    seen: Seen,
    index: RegisterIndex,
    memory: MemoryEdition,
    weighed: Weighed,
    lead: Lead,
    complaints: Sequence[Complaint],
) -> tuple[Reason, ...]:
    found: list[Reason] = []
    at = {unit: place for place, unit in enumerate(index.units)}
    register, said = weighed.scores.register, weighed.scores.learned
    in_register = spoken(index.words, seen.reading)
    in_memory = spoken(memory.words, seen.reading)
    for unit in [one for one, _ in weighed.ranked[:2]]:
        group = index.groups[index.group_at[at[unit]]]
        found += wording_reasons(seen.hits, unit)
        found.append(register_reason(index, in_register, unit, register[at[unit]]))
        if group in said:
            found.append(memory_reason(memory, in_memory, unit, group, said[group]))
    found += weighed.reasons
    found += [Reason(one.unit, "complaint", seen.reading.text[slice(*one.span)], 0) for one in complaints]
    if lead.unit != lead.city_unit and not lead.disputed:
        found.append(Reason(lead.unit, "territory", "、".join(seen.where.names[:3]), 0))
    return tuple(found)


def _district_of(index: RegisterIndex, unit: UnitCode) -> UnitCode | None:
    found = index.edition.units[unit]
    return found.parent if found.level in (Level.DISTRICT, Level.STREET) else None
