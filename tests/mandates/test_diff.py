"""Two editions side by side: what came, what went, and which words changed."""

from hypothesis import given
from hypothesis import strategies as st

from mandates.diff import diff, text_changes
from tests.mandates.town import clause, power, town


def test_an_edition_does_not_differ_from_itself() -> None:
    assert diff(town(), town()) == ()


def test_added_ended_and_changed_things_are_told_apart() -> None:
    before = town(clause("A1-SD-05", "负责节水。"))
    after = town(
        clause("A1-SD-01", "负责城乡供水水质监督管理，查处擅自停止供水的行为。"), power("A1-CF-002", "罚", None)
    )
    found = {(change.key, change.kind) for change in diff(before, after)}
    assert found == {("A1-SD-05", "ended"), ("A1-SD-01", "changed"), ("A1-CF-002", "added")}


def test_a_change_marks_the_words_in_both_texts() -> None:
    before, after = town(), town(clause("A1-SD-01", "负责城乡供水水质监督管理，查处擅自停止供水的行为。"))
    (change,) = diff(before, after)
    (field,) = change.fields
    (span,) = field.spans
    assert field.before[slice(*span.before)] == "市"
    assert field.after[slice(*span.after)] == "乡"


@given(st.text("甲乙丙丁，", max_size=30), st.text("甲乙丙丁，", max_size=30))
def test_outside_the_marked_spans_both_texts_are_the_same(before: str, after: str) -> None:
    left = right = 0
    for span in text_changes(before, after):
        assert before[left : span.before[0]] == after[right : span.after[0]]
        left, right = span.before[1], span.after[1]
    assert before[left:] == after[right:]
