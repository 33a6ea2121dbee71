"""What is worth a picture: every page full, empty and failing, and what opens on it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import msgspec
from playwright.async_api import Error, Page, Route

from e2e.support.showcase import CHANGED, DIED, Showcase

DOCUMENTS = Path(__file__).parents[1] / "backend/tests/connections/openapi"

Act = Callable[[Page], Awaitable[None]]


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """`who` is signed in (nobody: None); `before` prepares the browser, `act` does something on the page."""

    name: str
    path: str
    who: str | None = "owner"
    before: Act | None = None
    act: Act | None = None
    is_loading: bool = False


def scenes(shown: Showcase, consent_request: str) -> list[Scene]:
    full, empty = f"/w/{shown.owner.workspace}", f"/w/{shown.empty_workspace}"
    return [
        *_outside(shown, consent_request),
        *_workspace(full, empty, shown.entries),
        *_connections(full, empty),
        *_toolsets(full, empty),
        *_governed(full, empty, shown.entries),
        *_policies(full, empty, shown.entries["policy"]),
        *_people(full),
    ]


def _outside(shown: Showcase, consent_request: str) -> list[Scene]:
    return [
        Scene(name="sign-in", path="/sign-in", who=None),
        Scene(name="sign-in-refused", path="/sign-in", who=None, act=_wrong_password),
        Scene(name="sign-up", path="/sign-up", who=None),
        Scene(name="forgot-password", path="/forgot-password", who=None),
        Scene(name="reset-password", path="/reset-password?token=anything", who=None),
        Scene(name="verify-email", path="/verify-email?token=anything", who=None),
        Scene(name="new-workspace", path="/new-workspace"),
        Scene(name="invitation", path=shown.invitation, who=None),
        Scene(name="invitation-of-another", path=shown.invitation),
        Scene(name="invitation-gone", path="/invitation?token=gone", who=None),
        Scene(name="consent", path=consent_request),
        Scene(name="not-found", path="/w/nowhere"),
        Scene(name="status", path="/status", who=None),
    ]


def _workspace(full: str, empty: str, entries: dict[str, str]) -> list[Scene]:
    return [
        Scene(name="overview", path=full),
        Scene(name="overview-empty", path=empty),
        *troubled("overview", full),
        Scene(name="overview-of-contractor", path=full, who="contractor"),
        Scene(name="connect-chatgpt", path=f"{full}/connect-chatgpt"),
        Scene(name="connect-chatgpt-empty", path=f"{empty}/connect-chatgpt"),
        Scene(name="audit", path=f"{full}/audit"),
        Scene(name="audit-filtered", path=f"{full}/audit?outcome=unsuccessful&kind=call&time=24h"),
        Scene(name="audit-filter-open", path=f"{full}/audit", act=press("Time")),
        Scene(name="audit-none-found", path=f"{full}/audit?outcome=unknown"),
        Scene(name="audit-empty", path=f"{empty}/audit"),
        *troubled("audit", f"{full}/audit"),
        Scene(name="audit-entry", path=f"{full}/audit/{entries['call']}"),
        Scene(name="audit-entry-json", path=f"{full}/audit/{entries['call']}?tab=json"),
        Scene(name="audit-entry-denied", path=f"{full}/audit/{entries['denied']}"),
        *troubled("audit-entry", f"{full}/audit/{entries['call']}"),
        Scene(name="apps", path=f"{full}/authorizations"),
        Scene(name="apps-empty", path=f"{empty}/authorizations"),
        *troubled("apps", f"{full}/authorizations"),
        Scene(name="apps-revoke", path=f"{full}/authorizations", act=press("Revoke ChatGPT of Contractor")),
        Scene(name="palette", path=full, act=press("Search")),
        Scene(name="menu-of-account", path=full, act=press("Account: Workspace owner")),
    ]


def _connections(full: str, empty: str) -> list[Scene]:
    list_, linear = f"{full}/connections", f"{full}/connections/linear-prod"
    return [
        Scene(name="connections", path=list_),
        Scene(name="connections-many", path=list_, before=_sixty_connections),
        Scene(name="connections-needing-attention", path=f"{list_}?state=attention"),
        Scene(name="connections-empty", path=f"{empty}/connections"),
        *troubled("connections", list_),
        Scene(name="connections-of-contractor", path=list_, who="contractor"),
        Scene(name="gallery", path=f"{list_}/new"),
        Scene(name="gallery-needs-client", path=f"{list_}/new?needs=client"),
        Scene(name="import-services", path=f"{list_}/new/import"),
        Scene(name="import-services-refused", path=f"{list_}/new/import", act=_import_from_nowhere),
        Scene(name="new-api", path=f"{list_}/new/api"),
        Scene(name="new-api-operations", path=f"{list_}/new/api", act=_choose_operations),
        Scene(name="new-api-sign-in", path=f"{list_}/new/api", act=_sign_in_by_document),
        Scene(name="gallery-none-found", path=f"{list_}/new?search=teapot"),
        Scene(name="new-connection", path=f"{list_}/new/github"),
        Scene(name="new-connection-custom", path=f"{list_}/new/custom"),
        Scene(name="connection", path=linear),
        Scene(name="connection-tool", path=linear, act=press_link("create_issue")),
        Scene(name="connection-calls", path=f"{linear}?tab=calls"),
        Scene(name="connection-health", path=f"{linear}?tab=health"),
        Scene(name="connection-about", path=f"{linear}?tab=about"),
        Scene(name="connection-settings", path=f"{linear}?tab=settings"),
        *troubled("connection", linear),
        Scene(name="connection-down", path=f"{list_}/{DIED}"),
        Scene(name="connection-changed", path=f"{list_}/{CHANGED}"),
        Scene(name="connection-changed-tool", path=f"{list_}/{CHANGED}", act=press_link("move_stock")),
        Scene(name="connection-without-key", path=f"{list_}/github-cloud"),
        Scene(name="connection-disabled", path=f"{list_}/staging-tracker"),
    ]


def _toolsets(full: str, empty: str) -> list[Scene]:
    list_ = f"{full}/toolsets"
    return [
        Scene(name="toolsets", path=list_),
        Scene(name="toolsets-empty", path=f"{empty}/toolsets"),
        *troubled("toolsets", list_),
        Scene(name="toolset", path=f"{list_}/triage"),
        Scene(name="toolset-of-contractor", path=f"{list_}/triage", who="contractor"),
        Scene(name="toolset-new", path=f"{list_}/new"),
    ]


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


def _people(full: str) -> list[Scene]:
    members = f"{full}/settings/members"
    return [
        Scene(name="members", path=members),
        Scene(name="members-of-admin", path=members, who="admin"),
        Scene(name="members-of-contractor", path=members, who="contractor"),
        Scene(name="members-invite", path=members, act=press("Invite")),
        Scene(name="members-role", path=members, act=press("Role of Workspace member: Member")),
        Scene(name="members-remove", path=members, act=press("Remove Workspace member")),
        *troubled("members", members),
        Scene(name="profile", path=f"{full}/profile"),
        *troubled("profile", f"{full}/profile"),
    ]


def troubled(name: str, path: str) -> list[Scene]:
    """The same page while nothing has come yet, and when nothing comes."""
    return [
        Scene(name=f"{name}-loading", path=path, before=_unanswered, is_loading=True),
        Scene(name=f"{name}-failing", path=path, before=_failing),
    ]


def press(name: str) -> Act:
    async def act(page: Page) -> None:
        await page.get_by_role("button", name=name, exact=True).first.click()

    return act


def press_link(name: str) -> Act:
    async def act(page: Page) -> None:
        await page.get_by_role("link", name=name).first.click()

    return act


async def _import_from_nowhere(page: Page) -> None:
    await page.get_by_role("textbox", name="Address of the document").fill("https://nowhere.example.com/server.json")
    await page.get_by_role("button", name="Import", exact=True).click()
    await page.get_by_role("alert").wait_for()


async def _choose_operations(page: Page) -> None:
    await _read_document(page, "documents/airflow-v1.yaml")


async def _sign_in_by_document(page: Page) -> None:
    await _read_document(page, "things-oauth.yaml")
    await page.get_by_role("button", name="Connect 1 operation").scroll_into_view_if_needed()


async def _read_document(page: Page, name: str) -> None:
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="Or a file").click()
    await (await chooser.value).set_files(DOCUMENTS / name)
    await page.get_by_role("button", name="Read the document").click()
    await page.get_by_role("button", name="Select all that read").click()


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


async def _wrong_password(page: Page) -> None:
    await page.get_by_label("E-mail").fill("nobody@example.com")
    await page.get_by_label("Password", exact=True).fill("not the password")
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("alert").wait_for()


def _is_data(url: str) -> bool:
    return ("/api/workspaces/" in url or "/api/account/" in url) and not url.endswith("/events")


async def _unanswered(page: Page) -> None:
    closed = asyncio.Event()

    async def keep_waiting(route: Route) -> None:
        await closed.wait()
        with suppress(Error):  # the page is gone, and its request with it
            await route.abort()

    page.once("close", lambda _: closed.set())
    await page.route(_is_data, keep_waiting)


async def _sixty_connections(page: Page) -> None:
    """Sixty of the first one, five of them down."""

    async def multiply(route: Route) -> None:
        items = (await (await route.fetch()).json())["items"]
        well, down = (next(item for item in items if item["state"] == state) for state in ("ACTIVE", "ERROR"))
        names = {"id": "00000000-0000-7000-8000-0000000000{0:02}", "name": "service-{0:02}", "title": "Service {0:02}"}
        many = [
            (down if number % 12 == 7 else well) | {field: form.format(number) for field, form in names.items()}
            for number in range(60)
        ]
        await route.fulfill(json={"items": many})

    await page.route(lambda url: _is_data(url) and url.endswith("/connections"), multiply)


async def _failing(page: Page) -> None:
    async def refuse(route: Route) -> None:
        await route.fulfill(
            status=500,
            content_type="application/problem+json",
            json={
                "title": "Conducktor failed.",
                "detail": "Something unexpected happened in this request; nothing was changed.",
                "next_step": "Try again. If it persists, tell your operator the time.",
            },
        )

    await page.route(_is_data, refuse)
