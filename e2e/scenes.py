"""What is worth a picture: every page full, empty and failing, and what opens on it."""

from playwright.async_api import Page

from e2e.connection_scenes import connection_scenes
from e2e.governance_scenes import governance_scenes
from e2e.scene import Scene, press, troubled
from e2e.support.showcase import Showcase


def scenes(shown: Showcase, consent_request: str) -> list[Scene]:
    full, empty = f"/w/{shown.owner.workspace}", f"/w/{shown.empty_workspace}"
    return [
        *_outside(shown, consent_request),
        *_workspace(full, empty, shown.entries),
        *connection_scenes(full, empty),
        *governance_scenes(full, empty, shown.entries),
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


async def _wrong_password(page: Page) -> None:
    await page.get_by_label("E-mail").fill("nobody@example.com")
    await page.get_by_label("Password", exact=True).fill("not the password")
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("alert").wait_for()
