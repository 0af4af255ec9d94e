"""What a unit gives to its 科室 and 二级单位 stands among its tasks until it is collected and signed off."""

from datetime import UTC, datetime

from casework.work_order import commands as c
from console.department.task_reading import read_tasks
from terms.actors import Actor, Role
from terms.ids import UnitCode
from tests.console.city import Browser, Town, order, served

UNIT = UnitCode("C03")
CLERK = Actor("yz-05-clerk-chengguan", Role.CLERK, UNIT)
LEADER = Actor("yz-08-unit-leader", Role.UNIT_LEADER, UNIT)


def inside(town: Town) -> list[tuple[str, str]]:
    """What the list of 交办与审签 says of each order: the state and who has it."""
    listed = read_tasks(town.views, frozenset({UNIT}), "inside", "", 1, town.now)
    assert listed.counts["inside"] == listed.total == len(listed.rows)
    return [(row["inside"], row["offices"]) for row in listed.rows]


def test_an_order_given_inside_is_listed_until_its_leader_has_signed_what_was_collected(town: Town) -> None:
    town.receive(order("YZ8101", "小区门口的烧烤店每天晚上油烟很大"))
    town.dispatch("YZ8101", UNIT)
    town.do("YZ8101", c.SignFor(UNIT), CLERK)
    town.do("YZ8101", c.StartWork(UNIT), CLERK)
    assert inside(town) == []
    due = datetime(2026, 11, 18, 10, tzinfo=UTC)
    town.do("YZ8101", c.AssignInside(UNIT, "执法一科", "现场核查", due), CLERK)
    town.do("YZ8101", c.AssignInside(UNIT, "直属大队"), CLERK)
    ((state, offices),) = inside(town)
    assert state == "交办中" and [line.partition("|")[0] for line in offices.split("\n")] == ["执法一科", "直属大队"]
    assert "2026-11-18T10:00:00" in offices
    with served(town.app()) as address:
        page = Browser(address, "yz-08-unit-leader").get("/tasks?tab=inside").text
        assert "交办中：执法一科、直属大队" in page
        town.do("YZ8101", c.CollectInside(UNIT, "执法一科", "已责令整改"), CLERK)
        town.do("YZ8101", c.CollectInside(UNIT, "直属大队", "已复查"), CLERK)
        assert "待审签" in Browser(address, "yz-08-unit-leader").get("/tasks?tab=inside").text
    town.do("YZ8101", c.SignOff(UNIT, approved=False, note="补充照片"), LEADER)
    assert inside(town) == [("待审签", "")], "sent back to the clerk, and over the leader's desk again"
    town.do("YZ8101", c.SignOff(UNIT, approved=True), LEADER)
    assert inside(town) == []
    town.do("YZ8101", c.SubmitResult(UNIT, "已整改"), CLERK)
    assert inside(town) == []
    assert town.engine.verify("tasks")[0], "rebuilt from zero it is the same"
