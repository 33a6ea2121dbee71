"""What is worth a picture: every page full, empty and failing, and what opens on it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import msgspec
from playwright.async_api import Error, Page, Route

from e2e.support.showcase import CHANGED, DIED, Showcase

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
    ]


def _workspace(full: str, empty: str, entries: dict[str, str]) -> list[Scene]:
    return [
        Scene(name="overview", path=full),
        Scene(name="overview-empty", path=empty),
        *_troubled("overview", full),
        Scene(name="overview-of-contractor", path=full, who="contractor"),
        Scene(name="connect-chatgpt", path=f"{full}/connect-chatgpt"),
        Scene(name="connect-chatgpt-empty", path=f"{empty}/connect-chatgpt"),
        Scene(name="audit", path=f"{full}/audit"),
        Scene(name="audit-filtered", path=f"{full}/audit?outcome=unsuccessful&kind=call&time=24h"),
        Scene(name="audit-filter-open", path=f"{full}/audit", act=_press("Time")),
        Scene(name="audit-none-found", path=f"{full}/audit?outcome=unknown"),
        Scene(name="audit-empty", path=f"{empty}/audit"),
        *_troubled("audit", f"{full}/audit"),
        Scene(name="audit-entry", path=f"{full}/audit/{entries['call']}"),
        Scene(name="audit-entry-json", path=f"{full}/audit/{entries['call']}?tab=json"),
        Scene(name="audit-entry-denied", path=f"{full}/audit/{entries['denied']}"),
        *_troubled("audit-entry", f"{full}/audit/{entries['call']}"),
        Scene(name="apps", path=f"{full}/authorizations"),
        Scene(name="apps-empty", path=f"{empty}/authorizations"),
        *_troubled("apps", f"{full}/authorizations"),
        Scene(name="apps-revoke", path=f"{full}/authorizations", act=_press("Revoke ChatGPT of Contractor")),
        Scene(name="palette", path=full, act=_press("Search")),
        Scene(name="menu-of-account", path=full, act=_press("Account: Workspace owner")),
    ]


def _connections(full: str, empty: str) -> list[Scene]:
    list_, linear = f"{full}/connections", f"{full}/connections/linear-prod"
    return [
        Scene(name="connections", path=list_),
        Scene(name="connections-empty", path=f"{empty}/connections"),
        *_troubled("connections", list_),
        Scene(name="connections-of-contractor", path=list_, who="contractor"),
        Scene(name="gallery", path=f"{list_}/new"),
        Scene(name="gallery-none-found", path=f"{list_}/new?search=teapot"),
        Scene(name="new-connection", path=f"{list_}/new/github"),
        Scene(name="new-connection-custom", path=f"{list_}/new/custom"),
        Scene(name="connection", path=linear),
        Scene(name="connection-tool", path=linear, act=_press_link("create_issue")),
        Scene(name="connection-calls", path=f"{linear}?tab=calls"),
        Scene(name="connection-about", path=f"{linear}?tab=about"),
        Scene(name="connection-settings", path=f"{linear}?tab=settings"),
        *_troubled("connection", linear),
        Scene(name="connection-down", path=f"{list_}/{DIED}"),
        Scene(name="connection-changed", path=f"{list_}/{CHANGED}"),
        Scene(name="connection-changed-tool", path=f"{list_}/{CHANGED}", act=_press_link("move_stock")),
        Scene(name="connection-without-key", path=f"{list_}/github-cloud"),
        Scene(name="connection-disabled", path=f"{list_}/staging-tracker"),
    ]


def _people(full: str) -> list[Scene]:
    members = f"{full}/settings/members"
    return [
        Scene(name="members", path=members),
        Scene(name="members-of-admin", path=members, who="admin"),
        Scene(name="members-of-contractor", path=members, who="contractor"),
        Scene(name="members-invite", path=members, act=_press("Invite")),
        Scene(name="members-role", path=members, act=_press("Role of Workspace member: Member")),
        Scene(name="members-remove", path=members, act=_press("Remove Workspace member")),
        *_troubled("members", members),
        Scene(name="profile", path=f"{full}/profile"),
        *_troubled("profile", f"{full}/profile"),
    ]


def _troubled(name: str, path: str) -> list[Scene]:
    """The same page while nothing has come yet, and when nothing comes."""
    return [
        Scene(name=f"{name}-loading", path=path, before=_unanswered, is_loading=True),
        Scene(name=f"{name}-failing", path=path, before=_failing),
    ]


def _press(name: str) -> Act:
    async def act(page: Page) -> None:
        await page.get_by_role("button", name=name, exact=True).first.click()

    return act


def _press_link(name: str) -> Act:
    async def act(page: Page) -> None:
        await page.get_by_role("link", name=name).first.click()

    return act


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
