"""`dingze scores`: the sheet of a quarter, and the proof that it comes out the same again."""

from tests.dingze.conftest import Dingze


def test_a_quarter_drafted_by_command_comes_out_the_same_again(dingze: Dingze) -> None:
    dingze("do", "score-sheet", "2026-Q3", "DraftScores", "--as", "bianban_officer@C39", "--json")
    told = dingze("scores", "2026-Q3", "--again", "--json").document
    assert told["same"] and told["phase"] == "征求异议" and len(told["lines"]) > 10
    assert all(line["score"] is None for line in told["lines"]), "nothing had been sent to anybody in that quarter"
    assert "逐字相同" in dingze("scores", "2026-Q3", "--again").out


def test_a_quarter_nobody_drafted_or_that_is_none_is_one_clear_line(seen: Dingze) -> None:
    for quarter, code in (("2026-Q2", "api.no-score-sheet"), ("2026Q2", "readings.no-quarter")):
        answer = seen("scores", quarter)
        assert answer.code == 1 and answer.err.startswith(f"{code}: ") and answer.err.count("\n") == 1
