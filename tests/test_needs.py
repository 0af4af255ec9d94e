"""What a test needs and does not find is skipped here, an error in CI, and said loudly either way."""

import pytest

from tests import needs, postgres


class Terminal:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write_line(self, line: str, **_markup: bool) -> None:
        """As pytest's terminal reporter has it."""
        self.lines.append(line)


@pytest.fixture(autouse=True)
def fresh_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "_missing", type(needs._missing)())


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("1", pytest.fail.Exception)])
def test_what_is_missing_is_a_skip_or_in_ci_a_failure_and_said_at_the_end(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    for _ in range(2):
        with pytest.raises(outcome):
            needs.missing("kafka", "no broker")
    terminal = Terminal()
    needs.report(terminal)
    assert terminal.lines == ["NOT RUN: 2 kafka tests: no broker"]


def test_a_machine_without_postgresql_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DINGZE_TEST_DATABASE_URL", raising=False)
    monkeypatch.setattr(postgres, "FOLDERS", "/nowhere")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(postgres.NoServer, match="apt-get install postgresql"), postgres.server():
        pass
