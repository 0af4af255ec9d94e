"""Files of an order and what stands beside it: sealed, recorded when opened, gone when erased; the neighbours."""

import hashlib

import httpx
import pytest

from console.forms import Upload
from console.orders.attachments import MOST_BYTES, AttachmentStore
from terms.errors import BadInput, NotFound, TooLarge
from terms.ids import order_stream
from tests.console.city import Browser, Town, order, served

PICTURE = b"\x89PNG\r\n\x1a\n" + b"pixels of a street" * 40
DIGEST = hashlib.sha256(PICTURE).hexdigest()
PURPOSE = "现场处置需要"


def upload(browser: Browser, address: str, content: bytes = PICTURE, **fields: str) -> httpx.Response:
    """A form with a photo."""
    return browser.post(
        address, data=fields | {"csrf": browser.csrf()}, files={"files": ("C:\\照片\\现场.png", content, "image/png")}
    )


def test_what_a_requester_sends_is_opened_with_a_purpose_and_that_is_recorded(town: Town) -> None:
    town.receive(order("YZ7101", "小区门口的烧烤店油烟很大"))
    town.dispatch("YZ7101", "C03")
    with served(town.app()) as address:
        desk, clerk = Browser(address, "yz-01-dispatcher"), Browser(address, "yz-05-clerk-chengguan")
        assert upload(desk, "/act/add/YZ7101", text="来电人补充一张照片", channel="电话").status_code == 303
        added = [event for event in town.ledger.stream("order-YZ7101") if event.type == "AdditionReceived"][-1]
        told = {"name": "现场.png", "kind": "photo", "reference": "store", "digest": DIGEST}
        assert added.payload["attachments"] == [told]
        assert clerk.get(f"/files/{DIGEST}/YZ7101").status_code == 404
        assert clerk.fill(f"/files/{DIGEST}/YZ7101").status_code == 422
        opened = clerk.fill(f"/files/{DIGEST}/YZ7101", purpose=PURPOSE)
        assert (opened.content, opened.headers["content-type"]) == (PICTURE, "image/png")
        assert opened.headers["content-disposition"].startswith("attachment")
        read = [event for event in town.ledger.stream("order-YZ7101") if event.type == "PersonalDataRead"][-1]
        assert (read.payload["purpose"], read.payload["fields"]) == (PURPOSE, ["附件 现场.png"])
        stranger = Browser(address, "yz-06-clerk-zhujian")
        assert stranger.fill(f"/files/{DIGEST}/YZ7101", purpose=PURPOSE).status_code == 404


def test_a_units_photo_of_its_work_is_read_with_the_order(town: Town) -> None:
    town.receive(order("YZ7102", "小区门口的烧烤店油烟很大"))
    town.dispatch("YZ7102", "C03")
    with served(town.app()) as address:
        clerk, desk = Browser(address, "yz-05-clerk-chengguan"), Browser(address, "yz-01-dispatcher")
        clerk.fill("/act/sign/YZ7102")
        clerk.fill("/act/start/YZ7102")
        assert upload(clerk, "/act/progress/YZ7102", note="已到现场处置").status_code == 303
        assert desk.get(f"/files/{DIGEST}/YZ7102").content == PICTURE
        assert f"/files/{DIGEST}/YZ7102" in desk.get("/orders/YZ7102").text
        assert not [one for one in town.ledger.stream("order-YZ7102") if one.type == "PersonalDataRead"]


def test_a_hand_over_goes_with_its_material_and_the_receiver_opens_it(town: Town) -> None:
    town.receive(order("YZ7106", "小区门口的烧烤店油烟很大"))
    town.dispatch("YZ7106", "C03")
    told = {"receiver": "C04", "clause": "C04-SD-01", "from_link": "执法", "to_link": "监管", "note": "油烟超标"}
    with served(town.app()) as address:
        clerk, receiver = Browser(address, "yz-05-clerk-chengguan"), Browser(address, "yz-06-clerk-zhujian")
        clerk.fill("/act/sign/YZ7106")
        bare = clerk.fill("/act/hand-over/YZ7106", **told)
        assert bare.status_code == 409 and "移送须附材料" in bare.text
        assert upload(clerk, "/act/hand-over/YZ7106", **told).status_code == 303
        sent = [event for event in town.ledger.stream("order-YZ7106") if event.type == "HandOverSent"]
        assert [(one.payload["from_link"], one.payload["to_link"]) for one in sent] == [("执法", "监管")]
        assert sent[0].payload["material"][0]["digest"] == DIGEST
        assert receiver.get(f"/files/{DIGEST}/YZ7106").content == PICTURE


def test_of_a_form_that_the_rules_refuse_no_file_is_kept(town: Town) -> None:
    town.receive(order("YZ7109", "小区门口的烧烤店油烟很大"))
    town.dispatch("YZ7109", "C03")
    kept = town.folder / "attachments"
    with served(town.app()) as address:
        clerk = Browser(address, "yz-05-clerk-chengguan")
        clerk.fill("/act/sign/YZ7109")
        bare = {"receiver": "C04", "clause": "C04-SD-99", "from_link": "执法", "to_link": "监管", "note": "油烟超标"}
        assert upload(clerk, "/act/hand-over/YZ7109", **bare).status_code == 409
        officer = Browser(address, "yz-03-bianban")
        found = {
            "number": "WT-1",
            "unit": "C03",
            "source": "survey",
            "problem_class": "无此类别",
            "csrf": officer.csrf(),
        }
        scan = {"document": ("调查.png", PICTURE, "image/png")}
        assert officer.post("/findings/raise", data=found, files=scan).status_code >= 400
        assert not [one for one in kept.rglob("*") if one.is_file()]
        assert upload(clerk, "/act/progress/YZ7109", note="已到现场").status_code == 303
        assert len([one for one in kept.rglob("*") if one.is_file()]) == 1


def test_a_program_may_not_say_a_file_lies_here_that_was_never_kept(town: Town) -> None:
    town.receive(order("YZ7110", "小区门口的烧烤店油烟很大"))
    town.dispatch("YZ7110", "C03")
    with served(town.app()) as address:
        clerk = Browser(address, "yz-05-clerk-chengguan")
        clerk.fill("/act/sign/YZ7110")
        told = {"name": "现场.png", "kind": "photo", "reference": "store", "digest": DIGEST}
        give, body = "/api/v1/work-orders/YZ7110/commands/ReportProgress", {"unit": "C03", "note": "已到现场"}
        token = {"X-CSRF-Token": clerk.csrf()}
        claimed = clerk.post(give, json=body | {"attachments": [told]}, headers=token)
        assert claimed.status_code == 422 and claimed.json()["code"] == "console.attachment-not-here", claimed.text
        assert upload(clerk, "/act/progress/YZ7110", note="附照片").status_code == 303
        assert clerk.post(give, json=body | {"attachments": [told]}, headers=token).status_code == 200, (
            "it lies here now"
        )
        elsewhere = told | {"name": "b.png", "reference": "https://hotline.example/1.png"}
        assert clerk.post(give, json=body | {"attachments": [elsewhere]}, headers=token).status_code == 200
        page = clerk.get("/orders/YZ7110").text
        assert "存于来源平台" in page and f"/files/{DIGEST}/YZ7110" in page


def test_the_bytes_lie_sealed_outside_the_record_and_go_with_the_key(town: Town) -> None:
    town.receive(order("YZ7103", "路灯不亮"))
    store = AttachmentStore(town.folder / "files", town.vault)
    (kept,) = store.keep("YZ7103", [Upload("a.png", PICTURE)])
    assert store.keep("YZ7103", [Upload("b.png", PICTURE)])[0].digest == kept.digest
    (file,) = [one for one in (town.folder / "files").rglob("*") if one.is_file()]
    assert b"pixels of a street" not in file.read_bytes()
    assert store.open("YZ7103", kept.digest) == PICTURE
    town.vault.erase([order_stream("YZ7103")], town.now)
    with pytest.raises(NotFound):
        store.open("YZ7103", kept.digest)


def test_only_pictures_recordings_and_pdf_of_a_bounded_size_are_taken(town: Town) -> None:
    town.receive(order("YZ7104", "路灯不亮"))
    store = AttachmentStore(town.folder / "files", town.vault)
    with pytest.raises(BadInput):
        store.keep("YZ7104", [Upload("photo.png", b"<script>alert(1)</script>")])
    with pytest.raises(TooLarge):
        store.keep("YZ7104", [Upload("photo.png", PICTURE + bytes(MOST_BYTES))])
    with pytest.raises(BadInput):
        store.keep("YZ7104", [Upload("photo.png", PICTURE)] * 10)


def test_the_hotline_sees_the_callers_other_orders_and_a_department_does_not(town: Town) -> None:
    same, other = {"联系方式": "13900000077"}, {"联系方式": "13900000078"}
    town.receive(
        order("YZ7105", "路灯不亮已经三天", **same),
        order("YZ7106", "还是那盏路灯，没人来修", **same),
        order("YZ7107", "小区停水", **other),
    )
    town.dispatch("YZ7105", "C03")
    with served(town.app()) as address:
        shown = Browser(address, "yz-01-dispatcher").get("/orders/YZ7105").text
        assert "同一来电人的其他工单" in shown
        assert "/orders/YZ7106" in shown
        assert "/orders/YZ7107" not in shown
        for account in ("yz-05-clerk-chengguan", "yz-13-leader"):
            assert "/orders/YZ7106" not in Browser(address, account).get("/orders/YZ7105").text


def test_an_addition_by_page_is_masked_and_sealed_and_a_chase_counted(town: Town) -> None:
    town.receive(order("YZ7108", "小区门口的烧烤店油烟很大"))
    with served(town.app()) as address:
        desk = Browser(address, "yz-01-dispatcher")
        desk.fill("/act/add/YZ7108", text="请打13900000001联系我，店在东门", channel="电话")
        desk.fill("/act/chase/YZ7108", note="问什么时候处理")
        shown = desk.get("/orders/YZ7108").text
        assert "店在东门" in shown
        assert "13900000001" not in shown
    assert town.desk.order("YZ7108").chases == 1
