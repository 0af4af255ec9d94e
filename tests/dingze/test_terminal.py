"""What a person reads who asked without --json."""

from dingze.terminal import laid_out
from tests.dingze.conftest import Dingze


def test_what_lies_inside_is_shown_level_by_level_in_words() -> None:
    document = {
        "at": "2026-06-01",
        "unit": {"code": "C03", "parent": None, "names": ["城管局", "城管"], "said": [["C03", "噪声"]]},
        "clauses": [{"id": "C03-SD-01", "counts": {"uses": 3}}, {"id": "C03-SD-02", "counts": {}}],
        "links": [],
    }
    assert list(laid_out(document)) == [
        "at: 2026-06-01",
        "unit:",
        "  code: C03",
        "  parent: —",
        "  names: 城管局、城管",
        "  said: （C03、噪声）",
        "clauses:",
        "  - id: C03-SD-01",
        "    counts:",
        "      uses: 3",
        "  - id: C03-SD-02",
        "    counts: —",
        "links: —",
    ]


def test_a_unit_of_the_register_is_told_without_the_program_s_own_signs(dingze: Dingze) -> None:
    told = dingze("mandates", "show", "C03", "--at", "2023-06-01").out
    assert "  code: C03\n" in told
    assert not any(sign in told for sign in ("{'", "['", "None", "[]"))
