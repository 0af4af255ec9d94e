"""Nobody reads a caller's name or number in the database files; after erasure nothing of the text."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from casework.events import PersonalDataErased
from ingest.gateway import Gateway
from ledger.envelope import Append, NewEvent
from ledger.store import Ledger
from ledger.vault import Vault
from projections.engine import ProjectionEngine
from projections.queue import QUEUE
from projections.store import ViewStore
from projections.tasks import TASKS
from terms.ids import StreamId
from tests.ingest.conftest import NOW
from tests.ingest.rows import ORDER, taken

STREAM = StreamId("order-W-1")
TITLE, TEXT, PLACE = "烤鸭店油烟扰民", "凌晨排放油烟熏得无法入睡", "云山雅苑7栋"
NAME, PHONE = "欧阳测试", "13900000001"
TELLING = ORDER | {
    "标题": TITLE + PHONE, "主要内容": f"{TEXT}，我叫{NAME}，电话{PHONE}", "地点": f"{PLACE}{NAME}家",
    "被反映区": f"望湖区{NAME}", "附件": [f"{NAME}{PHONE}.jpg"],
}  # fmt: skip


@pytest.fixture
def projections(ledger: Ledger, vault: Vault, url: str) -> ProjectionEngine:
    """Queue and tasks, folded from the record with the masked texts."""

    def masked(events: object) -> dict[str, dict[str, str]]:
        found = {event.event_id: vault.open(event.stream, event.payload["masked"]) for event in events}  # type: ignore[attr-defined]  # events of the ledger
        return {event_id: opened for event_id, opened in found.items() if opened is not None}

    return ProjectionEngine(ledger, ViewStore(url), (QUEUE, TASKS), masked)


def bytes_of(url: str) -> bytes:
    """Every byte of the database's files, logs and views included."""
    file = Path(make_url(url).database or "")
    return b"".join(path.read_bytes() for path in sorted(file.parent.glob(file.name + "*")) if path.is_file())


def shown(words: tuple[str, ...], url: str) -> list[str]:
    """Which of these words stand in the files, in UTF-8, UTF-16 or as JSON escapes."""
    held = bytes_of(url)
    forms = {word: (word.encode(), word.encode("utf-16-le"), word.encode("unicode_escape")) for word in words}
    return [word for word, written in forms.items() if any(form in held for form in written)]


def test_the_files_show_neither_name_nor_number(gateway: Gateway, projections: ProjectionEngine, url: str) -> None:
    bad = TELLING | {"工单编号": "W-2", "受理时间": "?"}
    again = TELLING | {"主要内容": f"{TEXT}，{NAME}补充"}
    step = {"工单编号": "W-1", "环节": "回访", "时间": "2024-03-04 09:00", "来电人": NAME, "联系方式": PHONE}
    assert [one["status"] for one in taken(gateway, TELLING, bad, again)] == ["in", "quarantined", "conflict"]
    assert taken(gateway, step | {"说明": f"已联系{NAME}{PHONE}"}, kind="history")[0]["status"] == "in"
    projections.catch_up()
    assert shown((NAME, PHONE, "欧阳"), url) == []
    assert shown(("望湖区",), url) == ["望湖区"], "the search itself finds what is there"


def test_after_erasure_the_files_show_nothing_of_the_text(
    gateway: Gateway, ledger: Ledger, vault: Vault, projections: ProjectionEngine, url: str
) -> None:
    taken(gateway, TELLING, ORDER | {"工单编号": "W-9", "标题": "别的工单"})
    projections.catch_up()
    assert shown((TITLE,), url) == [TITLE], "the views hold the masked title until then"
    vault.erase([STREAM], NOW)
    fact = PersonalDataErased(order_no="W-1", ground="依申请")
    event = NewEvent(type=fact.event_type(), payload=fact.to_payload(), occurred_at=NOW, actor="administrator:u1")
    ledger.append(Append(STREAM, None, (event,)))
    projections.catch_up()
    assert shown((NAME, PHONE, TITLE, TEXT, PLACE), url) == []
    assert shown(("别的工单",), url) == ["别的工单"]
