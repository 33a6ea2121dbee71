"""Pictures of what people see of their own accounts at services, and of signing in to them."""

from playwright.async_api import Page, Route

from e2e.scene import Act, Scene, press, troubled
from e2e.support.customer_care import CustomerCare


def account_scenes(care: CustomerCare) -> list[Scene]:
    here = f"/w/{care.workspace}"
    connections = f"{here}/connections"
    return [
        *_account_page(connections, care.link_of_contractor),
        *_connection_page(connections),
        Scene(name="own-accounts", path=f"{here}/profile"),
        Scene(name="own-accounts-of-admin", path=f"{here}/profile", who="admin"),
        Scene(name="own-accounts-failing", path=f"{here}/profile", before=_refusing("/own-accounts")),
        Scene(name="connections-own", path=connections),
        Scene(name="overview-own", path=here),
        Scene(name="consent-part", path=care.consent_path, who="contractor"),
        Scene(name="apps-part", path=f"{here}/authorizations"),
        Scene(name="audit-own", path=f"{here}/audit"),
        Scene(name="audit-entry-own", path=f"{here}/audit/{care.entry}"),
        Scene(name="audit-entry-own-refused", path=f"{here}/audit/{care.entry_refused}"),
    ]


def _account_page(connections: str, link: str) -> list[Scene]:
    account = f"{connections}/service-desk/account"
    return [
        Scene(name="account-signed-in", path=account),
        Scene(name="account-signed-in-done", path=f"{account}?sign_in=done"),
        Scene(name="account-ended", path=account, who="admin"),
        Scene(name="account-link", path=link, who="contractor"),
        Scene(name="account-link-signed-out", path=link, who=None),
        Scene(name="account-link-of-another", path=link),
        Scene(name="account-link-broken", path=f"{account}?link=broken", who="contractor"),
        *(
            Scene(name=f"account-{result}", path=f"{account}?sign_in={result}", who="contractor")
            for result in ("denied", "refused", "unreachable", "wrong_issuer", "changed", "forbidden")
        ),
        Scene(name="account-key", path=f"{connections}/payroll/account"),
        Scene(name="account-key-refused", path=f"{connections}/payroll/account", act=_line_break_in_key),
        Scene(name="account-key-entered", path=f"{connections}/vault/account", who="contractor"),
        Scene(name="account-of-shared", path=f"{connections}/knowledge-base/account", who="contractor"),
        Scene(name="account-of-nothing", path=f"{connections}/nothing/account"),
        Scene(name="account-away", path=account, who="contractor", before=_refusing("/own-account/sign-in"), act=_sign_in),
        *troubled("account", account),
    ]


def _connection_page(connections: str) -> list[Scene]:
    desk = f"{connections}/service-desk"
    return [
        Scene(name="connection-own", path=desk),
        Scene(name="connection-own-ended", path=desk, who="admin"),
        Scene(name="connection-own-of-contractor", path=desk, who="contractor"),
        Scene(name="connection-own-settings", path=f"{desk}?tab=settings"),
        Scene(name="connection-own-settings-of-contractor", path=f"{desk}?tab=settings", who="contractor"),
        Scene(name="connection-own-settings-failing", path=f"{desk}?tab=settings", before=_refusing("/own-accounts")),
        Scene(name="connection-sign-in-failing", path=f"{desk}?tab=settings", before=_refusing("/sign-in")),
        Scene(name="connection-own-waiting", path=f"{connections}/wiki"),
        Scene(name="connection-own-waiting-of-contractor", path=f"{connections}/wiki", who="contractor"),
        Scene(name="connection-mixed-settings", path=f"{connections}/customer-files?tab=settings"),
        Scene(name="connection-mixed-by-class", path=f"{connections}/payroll?tab=settings"),
        Scene(name="connection-signed-out", path=f"{connections}/knowledge-base"),
        Scene(name="connection-signed-out-of-contractor", path=f"{connections}/knowledge-base", who="contractor"),
        Scene(name="connection-signed-in", path=f"{connections}/customer-files?sign_in=done"),
        Scene(name="connection-denied", path=f"{connections}/knowledge-base?sign_in=denied"),
        Scene(name="connection-more-access", path=f"{connections}/customer-files", before=_wants_more),
        Scene(name="pins", path=f"{connections}/vault?tab=settings"),
        Scene(name="pins-present-key", path=f"{connections}/vault?tab=settings", act=_show_key),
        Scene(name="pins-refused", path=f"{connections}/vault?tab=settings", act=_one_pin),
        Scene(name="pins-mismatch", path=f"{connections}/vault-changed"),
        Scene(name="pins-mismatch-settings", path=f"{connections}/vault-changed?tab=settings", act=_show_key),
    ]


async def _sign_in(page: Page) -> None:
    await page.get_by_role("button", name="Sign in with your account").click()
    await page.get_by_role("alert").wait_for()


async def _line_break_in_key(page: Page) -> None:
    await page.get_by_label("Your own key").first.fill("ключ")
    await page.get_by_role("button", name="Save key").click()
    await page.get_by_role("button", name="Save key").scroll_into_view_if_needed()


async def _show_key(page: Page) -> None:
    await press("Show the server’s present key")(page)
    await page.get_by_text("is pinned").or_(page.get_by_text("is not pinned")).first.wait_for()
    await page.get_by_role("textbox", name="Keys", exact=True).scroll_into_view_if_needed()


async def _one_pin(page: Page) -> None:
    await page.get_by_role("textbox", name="Keys", exact=True).fill("A" * 43 + "=")
    await press("Save pinned keys")(page)
    await page.get_by_text("Enter 2 to 10").wait_for()
    await page.get_by_role("textbox", name="Keys", exact=True).scroll_into_view_if_needed()


async def _wants_more(page: Page) -> None:
    """As a connection is after a tool of it was refused for want of access."""
    more = {
        "fault": "needs_more_access",
        "reason": "The service wants more access for it than its sign-in covers: files:write.",
        "next_step": "Open the connection in Conducktor, press Sign in and agree to it.",
    }

    async def wanting(route: Route) -> None:
        detail = await (await route.fetch()).json()
        await route.fulfill(json=detail | {"connection": detail["connection"] | more})

    await page.route(lambda url: "/api/" in url and url.endswith("/connections/customer-files"), wanting)


def _refusing(end: str) -> Act:
    """One request fails, the others do not."""

    async def before(page: Page) -> None:
        async def refuse(route: Route) -> None:
            await route.fulfill(
                status=502,
                content_type="application/problem+json",
                json={
                    "title": "The connected service could not answer.",
                    "detail": "service-desk did not answer within 10 s.",
                    "next_step": "Try again. If it stays so, look at the service, or at its status page.",
                },
            )

        await page.route(lambda url: "/api/" in url and url.endswith(end), refuse)

    return before
