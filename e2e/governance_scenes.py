"""Pictures of what governs calls: approvals, budgets, prices, usage, notifications, policies."""

from playwright.async_api import Page

from e2e.scene import Scene, press, troubled


def governance_scenes(full: str, empty: str, entries: dict[str, str]) -> list[Scene]:
    return [*_governed(full, empty, entries), *_policies(full, empty, entries["policy"])]


def _governed(full: str, empty: str, entries: dict[str, str]) -> list[Scene]:
    approvals, budgets, usage = f"{full}/approvals", f"{full}/budgets", f"{full}/usage"
    one = f"{approvals}/{entries['approval']}"
    notifications = f"{full}/settings/notifications"
    return [
        Scene(name="approvals", path=approvals),
        Scene(name="approvals-selected", path=approvals, act=_select_one),
        Scene(name="approvals-deny", path=approvals, act=_deny_one),
        Scene(name="approvals-all", path=f"{approvals}?tab=all"),
        Scene(name="approvals-of-contractor", path=f"{approvals}?tab=mine", who="contractor"),
        Scene(name="approvals-empty", path=f"{empty}/approvals"),
        *troubled("approvals", approvals),
        Scene(name="approval", path=one),
        Scene(name="approval-json", path=f"{one}?tab=json"),
        Scene(name="approval-executed", path=f"{approvals}/{entries['approval_executed']}"),
        Scene(name="approval-denied-of-contractor", path=f"{approvals}/{entries['approval_denied']}", who="contractor"),
        *troubled("approval", one),
        Scene(name="budgets", path=budgets),
        Scene(name="budgets-empty", path=f"{empty}/budgets"),
        *troubled("budgets", budgets),
        Scene(name="budget", path=f"{budgets}/{entries['budget']}"),
        Scene(name="budget-of-each", path=f"{budgets}/{entries['budget_of_each']}"),
        Scene(name="budget-new", path=f"{budgets}/new"),
        Scene(name="prices", path=f"{budgets}?tab=prices"),
        Scene(name="prices-set", path=f"{budgets}?tab=prices", act=press("Set price: Warehouse")),
        Scene(name="usage", path=usage),
        Scene(name="usage-calls", path=f"{usage}?time=7d&show=calls"),
        Scene(name="usage-empty", path=f"{empty}/usage"),
        Scene(name="usage-of-contractor", path=usage, who="contractor"),
        *troubled("usage", usage),
        Scene(name="notifications", path=notifications),
        Scene(name="notifications-add", path=notifications, act=press("Add channel")),
        Scene(name="notifications-empty", path=f"{empty}/settings/notifications"),
        Scene(name="notifications-of-contractor", path=notifications, who="contractor"),
        *troubled("notifications", notifications),
    ]


def _policies(full: str, empty: str, policy: str) -> list[Scene]:
    policies, one, settings = f"{full}/policies", f"{full}/policies/{policy}", f"{full}/settings/workspace"
    return [
        Scene(name="policies", path=policies),
        Scene(name="policies-empty", path=f"{empty}/policies"),
        *troubled("policies", policies),
        Scene(name="policies-of-contractor", path=policies, who="contractor"),
        Scene(name="policies-new", path=f"{policies}/new"),
        Scene(name="policies-new-tried", path=f"{policies}/new?kind=deny", act=_try_on_writes),
        Scene(name="policies-new-of-contractor", path=f"{policies}/new", who="contractor"),
        Scene(name="policy", path=one),
        Scene(name="policy-history", path=f"{one}?tab=history"),
        Scene(name="policy-edit", path=f"{one}/edit"),
        Scene(name="policy-edit-refused", path=f"{one}/edit", act=_break_condition),
        Scene(name="policy-delete", path=one, act=press("Delete")),
        *troubled("policy", one),
        Scene(name="policy-calls", path=f"{full}/audit?policy={policy}&time=7d"),
        Scene(name="tool-preview", path=f"{full}/connections/linear-prod?tool=linear-prod_create_issue", act=_preview),
        Scene(name="workspace", path=settings),
        Scene(name="workspace-self-approval", path=settings, act=_ask_for_self_approval),
        Scene(name="workspace-of-contractor", path=settings, who="contractor"),
        *troubled("workspace", settings),
        Scene(name="members-group", path=f"{full}/settings/members", act=press("Edit the group Finance")),
    ]


async def _select_one(page: Page) -> None:
    await page.get_by_role("checkbox", name="Select Create issue in linear-prod").check()


async def _deny_one(page: Page) -> None:
    await _select_one(page)
    await page.get_by_role("button", name="Deny 1").click()


async def _try_on_writes(page: Page) -> None:
    await page.get_by_label("Operations").get_by_label("Write").check()
    await page.get_by_role("button", name="Try it").click()
    await page.get_by_text("would end differently").first.wait_for()


async def _break_condition(page: Page) -> None:
    await page.get_by_label("Only where this holds").fill("args.channel ==")
    await page.get_by_text("What it can speak of").click()
    await page.get_by_role("button", name="Save policy").click()
    await page.get_by_role("alert").first.wait_for()


async def _preview(page: Page) -> None:
    await page.get_by_role("button", name="Show what it would do").click()
    await page.get_by_role("link", name="Watch what changes things").scroll_into_view_if_needed()


async def _ask_for_self_approval(page: Page) -> None:
    await page.get_by_role("switch", name="Requesters may approve their own requests").click()
    await page.get_by_role("dialog").wait_for()
