import asyncio

import msgspec

from conducktor.settings import Settings
from tests.product import PASSWORD, Browser, Product, decoded, running_product, signed_up


async def test_the_first_account_owns_the_first_workspace(product: Product) -> None:
    async with Browser(product.url) as ada:
        assert (await ada.session())["installation"]["has_accounts"] is False

        session = await ada.sign_up("ada@example.com", name="Ada", workspace_name="Ada's Lab")

        assert session["user"]["email"] == "ada@example.com"
        assert session["user"]["email_verified"] is False
        assert session["installation"]["has_accounts"] is True
        [workspace] = session["workspaces"]
        assert (workspace["name"], workspace["slug"], workspace["role"]) == ("Ada's Lab", "ada-s-lab", "owner")
        assert "workspace:own" in workspace["permissions"]
        assert decoded(await ada.get("/api/workspaces/ada-s-lab/members"))[0]["email"] == "ada@example.com"


async def test_a_first_workspace_without_a_name_gets_one(product: Product) -> None:
    async with Browser(product.url) as ada:
        form = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD}
        decoded(await ada.post("/api/sign-up", form))
        assert [w["name"] for w in (await ada.session())["workspaces"]] == ["My workspace"]


async def test_everybody_who_signs_up_gets_a_workspace_that_others_do_not_see(product: Product) -> None:
    async with Browser(product.url) as ada, Browser(product.url) as bob:
        await ada.sign_up("ada@example.com", workspace_name="Lab")
        session = await bob.sign_up("bob@example.com", name="Bob", workspace_name="Lab")

        assert [w["slug"] for w in session["workspaces"]] == ["lab-2"]
        assert (await bob.get("/api/workspaces/lab/members")).status_code == 404


async def test_two_first_sign_ups_at_once_make_one_founder(product: Product) -> None:
    async with Browser(product.url) as ada, Browser(product.url) as bob:
        sessions = await asyncio.gather(ada.sign_up("ada@example.com"), bob.sign_up("bob@example.com"))
    assert sum(session["verify_link"] is not None for session in sessions) == 1


async def test_only_the_founder_is_shown_the_link_that_was_not_mailed(product: Product) -> None:
    async with Browser(product.url) as ada, Browser(product.url) as bob:
        link = (await ada.sign_up("ada@example.com"))["verify_link"]
        assert (await bob.sign_up("bob@example.com"))["verify_link"] is None

        assert link.startswith(f"{product.url}/verify-email?token=")
        token = link.partition("token=")[2]
        assert decoded(await ada.post("/api/verify-email", {"token": token})) == {"email": "ada@example.com"}
        session = await ada.session()
        assert session["user"]["email_verified"] is True
        assert session["verify_link"] is None
        assert (await ada.post("/api/verify-email", {"token": token})).status_code == 404


async def test_a_new_verification_link_replaces_the_old_one(product: Product) -> None:
    async with Browser(product.url) as ada:
        old = (await ada.sign_up("ada@example.com"))["verify_link"].partition("token=")[2]
        decoded(await ada.post("/api/verify-email/resend"))
        new = (await ada.session())["verify_link"].partition("token=")[2]

        assert (await ada.post("/api/verify-email", {"token": old})).status_code == 404
        assert (await ada.post("/api/verify-email", {"token": new})).status_code == 200


BAD_FIELDS = [
    ("name", "  "),
    ("name", "x" * 101),
    ("name", "Ada\u202eevil"),
    ("name", "Ada\x00"),
    ("email", "ada"),
    ("email", "ada@exam ple.com"),
    ("email", "ada@example.com\r\nBcc: bob@example.com"),
    ("email", "\u0430da@example.com"),
    ("password", "short"),
    ("password", "password1234"),
    ("password", "PASSWORD12345!"),
    ("password", "aaaaaaaaaaaaaaaa"),
    ("password", "ada@example.com"),
    ("password", "x" * 257),
    ("workspace_name", "\u2066"),
]


async def test_a_bad_field_is_refused_by_name_and_nothing_is_made(product: Product) -> None:
    async with Browser(product.url) as ada:
        form = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD, "workspace_name": "Lab"}
        for field, value in BAD_FIELDS:
            refused = await ada.post("/api/sign-up", form | {field: value})
            assert (refused.status_code, list(refused.json().get("errors", ()))) == (422, [field]), (field, value)
        assert (await ada.session())["installation"]["has_accounts"] is False


async def test_without_a_mail_server_an_address_that_is_taken_is_said_to_be(product: Product) -> None:
    async with Browser(product.url) as ada, Browser(product.url) as bob:
        await ada.sign_up("ada@example.com")
        form = {"name": "Bob", "email": "ADA@example.com", "password": PASSWORD}
        refused = await bob.post("/api/sign-up", form)

        assert refused.status_code == 409
        assert "email" in refused.json()["errors"]
        assert (await bob.session())["user"] is None


async def test_one_address_signing_up_many_times_at_once_gets_one_account(product: Product) -> None:
    browsers = [Browser(product.url) for _ in range(4)]
    form = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD}
    answers = await asyncio.gather(*(browser.post("/api/sign-up", form) for browser in browsers))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    for browser in browsers:
        await browser.__aexit__()


async def test_a_closed_installation_takes_the_first_account_and_then_only_invited_people(settings: Settings) -> None:
    closed = msgspec.structs.replace(settings, sign_up="invited")
    async with running_product(closed) as product, Browser(product.url) as bob:
        ada = await signed_up(product, "ada@example.com")
        form = {"name": "Bob", "email": "bob@example.com", "password": PASSWORD}
        refused = await bob.post("/api/sign-up", form)
        assert (refused.status_code, refused.json()["code"]) == (403, "sign_up_closed")

        sent = decoded(await ada.post("/api/workspaces/lab/invitations", {"email": "bob@example.com", "role": "member"}))
        decoded(await bob.post("/api/sign-up", form | {"invitation": sent["link"].partition("token=")[2]}))

        session = await bob.session()
        assert [(w["slug"], w["role"]) for w in session["workspaces"]] == [("lab", "member")]
        assert session["user"]["email_verified"] is False  # the link was handed over, not mailed
        await ada.__aexit__()
