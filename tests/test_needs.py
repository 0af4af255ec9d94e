"""What a test needs and does not find is skipped here, an error in CI, and said loudly either way."""

from types import SimpleNamespace

import pytest

from tests import needs, postgres


class Terminal:
    """Keeps what is written."""

    def __init__(self, **stats: list[SimpleNamespace]) -> None:
        self.stats = stats
        self.lines: list[str] = []

    def write_line(self, line: str, **_markup: bool) -> None:
        """As pytest's terminal reporter has it."""
        self.lines.append(line)


@pytest.mark.parametrize(
    ("ci", "outcome", "word"), [("", pytest.skip.Exception, "skipped"), ("1", pytest.fail.Exception, "error")]
)
def test_what_is_missing_is_a_skip_or_in_ci_a_failure_and_said_at_the_end(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException], word: str
) -> None:
    monkeypatch.setenv("CI", ci)
    reports = []
    for _ in range(2):
        with pytest.raises(outcome) as caught:
            needs.missing("kafka", "no broker")
        reports.append(SimpleNamespace(longrepr=("tests/needs.py", 24, f"Skipped: {caught.value}")))
    terminal = Terminal(**{word: reports}, failed=[SimpleNamespace(longrepr="AssertionError")])
    needs.report(terminal)
    assert terminal.lines == ["NOT RUN: 2 kafka tests: no broker"]


def test_a_machine_without_postgresql_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DINGZE_TEST_DATABASE_URL", raising=False)
    monkeypatch.setattr(postgres, "FOLDERS", "/nowhere")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(postgres.NoServer, match="apt-get install postgresql"), postgres.server():
        pass
