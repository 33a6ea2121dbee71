"""A workspace with one person of each role, each in a browser of his own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from conducktor.core.ids import UserId
from conducktor.identity import queries as identity_queries
from conducktor.infra.database import Change
from conducktor.workspaces import queries
from conducktor.workspaces.roles import Role
from tests.product import Browser, Product

LAB = "/api/workspaces/lab"


class Person:
    def __init__(self, browser: Browser, user_id: str) -> None:
        self.browser = browser
        self.id = user_id


@asynccontextmanager
async def team(product: Product, *roles: Role) -> AsyncIterator[list[Person]]:
    """An owner of the workspace "lab", and then one person of each role."""
    async with AsyncExitStack() as stack:
        people: list[Person] = []
        for number, role in enumerate([Role.OWNER, *roles]):
            browser = await stack.enter_async_context(Browser(product.url))
            session = await browser.sign_up(f"p{number}@example.com", name=f"P{number}", workspace_name="Lab")
            people.append(Person(browser, session["user"]["id"]))
            if number:
                await _join(product, f"p{number}@example.com", role)
        yield people


async def _join(product: Product, email: str, role: Role) -> None:
    """Make somebody a member, without the detour over an invitation."""
    async with product.parts.database.transaction() as tx:
        account = await identity_queries.account_by_email(tx, email)
        founder = await identity_queries.account_by_email(tx, "p0@example.com")
        assert account
        assert founder
        lab = next(m for m in await queries.list_of_user(tx, UserId(founder.id)) if m.slug == "lab")
        await queries.add_member(tx, lab.workspace_id, account.id, role, product.parts.clock())
        await tx.announce(Change(topic="members", workspace_id=lab.workspace_id, id=str(account.id)))
