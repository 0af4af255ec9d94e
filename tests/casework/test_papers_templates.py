"""A city's own templates: they win file by file, and one that would leave a hole in a paper is refused beforehand."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as Doc

from casework.papers import specimen
from casework.papers.checking import checked, load
from casework.papers.kinds import PaperKind
from casework.papers.rendering import render, text_of
from casework.papers.templates import shipped
from terms.errors import BadInput, NotFound
from tests.casework import papers_of_a_quarrel as q

KIND = PaperKind.REMINDER_LETTER
FILE = "reminder_letter.docx"


def edited(change: Callable[[Doc], None]) -> bytes:
    """Our template of the reminder letter, changed as a secretary might change it."""
    document = Document(io.BytesIO(shipped().of(KIND)))
    change(document)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def swapped(old: str, new: str) -> bytes:
    """Our template with one wording replaced by another."""

    def change(document: Doc) -> None:
        hits = [one for one in document.paragraphs if old in one.text]
        assert hits, old
        for one in hits:
            one.runs[0].text = one.text.replace(old, new)
            for run in one.runs[1:]:
                run.text = ""

    return edited(change)


def refusal(template: bytes) -> BadInput:
    """Why the template is refused."""
    with pytest.raises(BadInput) as caught:
        checked(KIND, template, FILE)
    assert caught.value.at == FILE and "{kind}" not in caught.value.message
    return caught.value


@pytest.mark.parametrize("kind", PaperKind, ids=str)
def test_our_own_templates_pass_the_check(kind: PaperKind) -> None:
    assert checked(kind, shipped().of(kind), f"{kind}.docx")


def test_the_citys_template_wins_file_by_file(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(swapped("特此函告。", "特此提示，请予重视。"))
    (tmp_path / "~$minder_letter.docx").write_bytes(b"what Word leaves while a file is open")
    templates = load(tmp_path)
    assert "特此提示，请予重视。" in text_of(render(q.LETTER, templates))
    assert templates.of(PaperKind.DECISION) == shipped().of(PaperKind.DECISION)
    assert load(None) == shipped()


def test_an_unknown_placeholder_is_refused_and_named() -> None:
    error = refusal(swapped("特此函告。", "联系人：{{ contact_person }}"))
    assert error.code == "paper.unknown-placeholders" and "{{ contact_person }}" in error.message


def test_a_missing_placeholder_is_refused_and_named() -> None:
    error = refusal(swapped("{{ doc_no }}", "云编办函"))
    assert error.code == "paper.missing-placeholders" and "{{ doc_no }}" in error.message


def test_a_clause_quoted_without_its_number_is_refused() -> None:
    document = Document(io.BytesIO(shipped().of(PaperKind.DISPATCH_NOTICE)))
    for one in document.paragraphs:
        for run in one.runs:
            run.text = run.text.replace("{{ quote.number }}", "有关条款")
    written = io.BytesIO()
    document.save(written)
    with pytest.raises(BadInput) as caught:
        checked(PaperKind.DISPATCH_NOTICE, written.getvalue(), "dispatch_notice.docx")
    assert caught.value.code == "paper.missing-placeholders" and "quotes[].number" in caught.value.message


def test_a_placeholder_that_a_kind_names_but_never_shows_is_refused() -> None:
    error = refusal(swapped("{{ issued_on }}", "{% if issued_on %}当日{% endif %}"))
    assert error.code == "paper.missing-placeholders" and "issued_on" in error.message


@pytest.mark.parametrize(
    "wrong",
    [
        "{{ unit",
        "{% if unit %}",
        "{{ unit.__class__ }}",
        "{{ unit.nothing }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ unit|nofilter }}",
        "{{ 1 // 0 if not quotes else unit }}",
    ],
)
def test_a_template_with_a_fault_or_a_reach_outside_is_refused(wrong: str) -> None:
    codes = {"paper.broken-template", "paper.unknown-placeholders", "paper.unclosed-placeholder"}
    assert refusal(swapped("特此函告。", wrong)).code in codes


def test_a_file_that_is_no_document_is_refused() -> None:
    for bad in (b"", b"no zip", swapped("特此函告。", "好")[:2000]):
        assert refusal(bad).code == "paper.unreadable-template"


def test_a_file_named_for_no_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "paipai.docx").write_bytes(shipped().of(KIND))
    with pytest.raises(BadInput) as caught:
        load(tmp_path)
    assert caught.value.code == "paper.unknown-template" and "paipai.docx" in caught.value.message


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        load(tmp_path / "nowhere")


def test_the_manual_names_every_file_and_placeholder() -> None:
    """docs/papers.md is what a secretary has when she edits a template."""
    manual = (Path(__file__).parents[2] / "docs" / "papers.md").read_text("utf-8")
    for kind in PaperKind:
        (line,) = [one for one in manual.splitlines() if one.startswith(f"| `{kind}.docx` |")]
        assert kind.label in line
        for name in specimen.allowed(kind):
            assert f"`{name}`" in line or f"`{name}`" in manual.split("| file |")[0], (kind, name)
        for name in specimen.needed(kind):
            assert f"`{name}`?" not in line, (kind, name)
