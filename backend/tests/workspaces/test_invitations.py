import asyncio
from datetime import timedelta

from sqlalchemy import text

from conducktor.workspaces.roles import Role
from tests.product import PASSWORD, Browser, Product, decoded
from tests.workspaces.team import LAB, team


async def test_an_invited_person_joins_with_the_role_that_was_offered(product: Product) -> None:
    async with team(product) as (owner,), Browser(product.url) as bob:
        sent = decoded(await owner.browser.post(f"{LAB}/invitations", {"email": "Bob@example.com", "role": "contractor"}))
        token = sent["link"].partition("/invitation?token=")[2]
        shown = decoded(await bob.get(f"/api/invitations/{token}"))
        assert shown == {
            "workspace_name": "Lab",
            "role": "contractor",
            "email": "Bob@example.com",
            "invited_by": "P0",
            "expires_at": sent["invitation"]["expires_at"],
        }
        await bob.sign_up("bob@example.com", name="Bob")

        joined = decoded(await bob.post("/api/invitations/accept", {"token": token}))

        assert (joined["slug"], joined["role"]) == ("lab", "contractor")
        assert [w["slug"] for w in (await bob.session())["workspaces"]] == ["lab", "lab-2"]
        assert decoded(await owner.browser.get(f"{LAB}/invitations")) == []
        assert (await bob.post("/api/invitations/accept", {"token": token})).status_code == 404
        assert (await bob.get(f"/api/invitations/{token}")).status_code == 404
        recorded = str(decoded(await owner.browser.get(f"{LAB}/audit")))
        assert "invitations.create" in recorded
        assert "invitations.accept" in recorded


async def test_an_invitation_is_for_one_address_only(product: Product) -> None:
    async with team(product) as (owner,), Browser(product.url) as eve:
        token = await _invite(owner.browser, "bob@example.com")
        await eve.sign_up("eve@example.com", name="Eve")
        refused = await eve.post("/api/invitations/accept", {"token": token})
        assert (refused.status_code, refused.json()["code"]) == (403, "invited_somebody_else")
        async with Browser(product.url) as other:
            form = {"name": "Eve", "email": "eve2@example.com", "password": PASSWORD, "invitation": token}
            assert (await other.post("/api/sign-up", form)).status_code == 403
        assert (await eve.get(f"{LAB}/members")).status_code == 404


async def test_a_revoked_or_replaced_or_expired_invitation_does_not_work(product: Product) -> None:
    async with team(product) as (owner,), Browser(product.url) as bob:
        await bob.sign_up("bob@example.com", name="Bob")
        revoked = await _invite(owner.browser, "bob@example.com")
        [listed] = decoded(await owner.browser.get(f"{LAB}/invitations"))
        assert (await owner.browser.delete(f"{LAB}/invitations/{listed['id']}")).status_code == 204
        replaced = await _invite(owner.browser, "bob@example.com")
        await _age_invitations(product, timedelta(minutes=2))
        expired = await _invite(owner.browser, "BOB@example.com")
        await _age_invitations(product, timedelta(days=8))

        for token in (revoked, replaced, expired, "nonsense", "😀"):
            answer = await bob.post("/api/invitations/accept", {"token": token})
            assert (answer.status_code, answer.json()["code"]) == (404, "invitation_gone")
        assert decoded(await owner.browser.get(f"{LAB}/invitations")) == []


async def test_an_invitation_offers_no_more_than_the_inviter_has(product: Product) -> None:
    async with team(product, Role.ADMIN) as (owner, admin):
        as_owner = {"email": "bob@example.com", "role": "owner"}
        assert (await admin.browser.post(f"{LAB}/invitations", as_owner)).status_code == 403
        assert (await owner.browser.post(f"{LAB}/invitations", as_owner)).status_code == 201


async def test_somebody_who_belongs_is_not_invited_and_nobody_is_invited_twice_in_a_minute(product: Product) -> None:
    async with team(product, Role.MEMBER) as (owner, _):
        member = await owner.browser.post(f"{LAB}/invitations", {"email": "P1@example.com", "role": "admin"})
        assert (member.status_code, list(member.json()["errors"])) == (409, ["email"])
        await _invite(owner.browser, "bob@example.com")
        again = await owner.browser.post(f"{LAB}/invitations", {"email": "bob@example.com", "role": "member"})
        assert (again.status_code, again.headers["retry-after"]) == (429, "60")
        bad = await owner.browser.post(f"{LAB}/invitations", {"email": "bob", "role": "member"})
        assert (bad.status_code, list(bad.json()["errors"])) == (422, ["email"])


async def test_an_invitation_accepted_twice_at_once_is_used_once(product: Product) -> None:
    async with team(product) as (owner,), Browser(product.url) as bob:
        await bob.sign_up("bob@example.com", name="Bob")
        token = await _invite(owner.browser, "bob@example.com")
        answers = await asyncio.gather(*(bob.post("/api/invitations/accept", {"token": token}) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 404, 404, 404]


async def test_who_belongs_already_keeps_his_role_when_he_accepts(product: Product) -> None:
    async with team(product, Role.MEMBER) as (owner, member):
        token = await _invite(owner.browser, "bob@example.com", role="admin")
        async with product.parts.database.transaction() as tx:
            await tx.session.execute(text("UPDATE invitations SET email = 'p1@example.com'"))
        assert decoded(await member.browser.post("/api/invitations/accept", {"token": token}))["role"] == "member"
        assert [m["role"] for m in decoded(await owner.browser.get(f"{LAB}/members"))] == ["owner", "member"]


async def _invite(browser: Browser, email: str, role: str = "member") -> str:
    sent = decoded(await browser.post(f"{LAB}/invitations", {"email": email, "role": role}))
    link: str = sent["link"]
    return link.partition("token=")[2]


async def _age_invitations(product: Product, by: timedelta) -> None:
    async with product.parts.database.transaction() as tx:
        shift = text("UPDATE invitations SET created_at = created_at - :by ::interval, expires_at = expires_at - :by ::interval")
        await tx.session.execute(shift, {"by": by})
