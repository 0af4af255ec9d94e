"""The user guide: every page and action is explained, every picture is there and can be made again."""

import re
from pathlib import Path

from console.bianban import assessment_actions, case_actions, digest_actions, finding_actions
from console.leaders import score_actions
from console.orders.page import ACTIONS
from console.visit import MENU
from console.words import role_name
from terms.actors import Role
from tests.console.screenshots import AFTERWARDS, PAGES

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "user-guide"
TOLD = "\n".join(page.read_text("utf-8") for page in sorted(GUIDE.glob("*.md")))


def test_every_page_of_the_menu_is_explained() -> None:
    unsaid = [str(page) for pages in MENU.values() for page in pages if f"**{page}**" not in TOLD]
    assert not unsaid, f"say in docs/user-guide what these are for: {unsaid}"


def test_every_action_on_an_order_is_explained_by_the_name_on_its_button() -> None:
    unsaid = [action.label for action in ACTIONS.values() if f"**{action.label}**" not in TOLD]
    assert not unsaid, f"say in docs/user-guide when to press: {unsaid}"


def test_every_action_on_what_is_not_an_order_is_explained() -> None:
    tables = (case_actions, finding_actions, digest_actions, score_actions, assessment_actions)
    actions = [one for table in tables for one in vars(table)["ACTIONS"]]
    assert len(actions) > 25
    unsaid = [one.label for one in actions if f"**{one.label}**" not in TOLD]
    assert not unsaid, f"say in docs/user-guide when to press: {unsaid}"


def test_every_role_has_its_page() -> None:
    index = (GUIDE / "README.md").read_text("utf-8")
    for role in set(Role) - {Role.SYSTEM}:
        assert role_name(role) in index, role


def test_every_picture_of_the_guide_is_there_and_is_made_by_the_command() -> None:
    pictures = set(re.findall(r"\.\./screenshots/([\w-]+)\.png", TOLD))
    assert len(pictures) > 15
    assert pictures <= {name for name, *_ in (*PAGES, *AFTERWARDS)}
    missing = sorted(name for name in pictures if not (ROOT / "docs" / "screenshots" / f"{name}.png").is_file())
    assert not missing, f"python -m tests.console.screenshots docs/screenshots {' '.join(missing)}"


def test_every_link_between_its_pages_leads_somewhere() -> None:
    for page in re.findall(r"\]\(([\w-]+\.md)", TOLD):
        assert (GUIDE / page).is_file(), page
