from conducktor.core.ids import UserId
from conducktor.identity import queries
from conducktor.identity.purpose import Purpose
from tests.product import PASSWORD, Browser, Product, answers_within_a_second, decoded, mail_token, signed_up

NEW_PASSWORD = "another tall ship"


async def test_a_reset_link_sets_a_new_password_once_and_ends_every_session(product: Product) -> None:
    async with Browser(product.url) as ada, Browser(product.url) as visitor:
        await ada.sign_up("ada@example.com")
        token = await _reset_token(product, visitor, "ADA@example.com")

        assert (await visitor.post("/api/password/reset", {"token": token, "password": NEW_PASSWORD})).status_code == 204

        await answers_within_a_second(401, ada, "/api/account/sessions")
        assert (await visitor.sign_in("ada@example.com", PASSWORD)).status_code == 401
        assert (await visitor.sign_in("ada@example.com", NEW_PASSWORD)).status_code == 204
        assert (await visitor.session())["user"]["email_verified"] is True
        again = await visitor.post("/api/password/reset", {"token": token, "password": PASSWORD})
        assert (again.status_code, again.json()["code"]) == (404, "link_expired")


async def test_a_bad_new_password_does_not_use_the_link_up(product: Product) -> None:
    async with Browser(product.url) as ada:
        await ada.sign_up("ada@example.com")
        token = await _reset_token(product, ada, "ada@example.com")
        refused = await ada.post("/api/password/reset", {"token": token, "password": "short"})
        assert (refused.status_code, list(refused.json()["errors"])) == (422, ["password"])
        assert (await ada.post("/api/password/reset", {"token": token, "password": NEW_PASSWORD})).status_code == 204


async def test_asking_for_a_reset_gives_the_same_answer_for_an_unknown_address(product: Product) -> None:
    async with Browser(product.url) as ada:
        await ada.sign_up("ada@example.com")
        known = await ada.post("/api/password/forgot", {"email": "ada@example.com"})
        unknown = await ada.post("/api/password/forgot", {"email": "nobody@example.com"})
        assert (known.status_code, known.content) == (unknown.status_code, unknown.content) == (204, b"")


async def test_asking_for_resets_is_throttled_whether_or_not_the_address_is_known(product: Product) -> None:
    async with Browser(product.url) as ada:
        await ada.sign_up("ada@example.com")
        for email in ("ada@example.com", "nobody@example.com"):
            statuses = [(await ada.post("/api/password/forgot", {"email": email})).status_code for _ in range(6)]
            assert statuses == [204] * 5 + [429]


async def test_a_verification_token_does_not_reset_a_password(product: Product) -> None:
    async with Browser(product.url) as ada:
        link = (await ada.sign_up("ada@example.com"))["verify_link"]
        token = link.partition("token=")[2]
        assert (await ada.post("/api/password/reset", {"token": token, "password": NEW_PASSWORD})).status_code == 404
        assert (await ada.post("/api/verify-email", {"token": token})).status_code == 200


async def test_changing_the_password_needs_the_current_one_and_keeps_only_this_browser(product: Product) -> None:
    laptop = await signed_up(product, "ada@example.com")
    async with Browser(product.url) as phone:
        await phone.sign_in("ada@example.com")
        refused = await laptop.post("/api/account/password", {"current": "not it at all", "new": NEW_PASSWORD})
        assert (refused.status_code, list(refused.json()["errors"])) == (422, ["current"])
        weak = await laptop.post("/api/account/password", {"current": PASSWORD, "new": "123456789012"})
        assert (weak.status_code, list(weak.json()["errors"])) == (422, ["new"])
        before = laptop.session_cookie

        changed = await laptop.post("/api/account/password", {"current": PASSWORD, "new": NEW_PASSWORD})

        assert changed.status_code == 204
        assert laptop.session_cookie != before
        assert (await laptop.session())["user"] is not None
        await answers_within_a_second(401, phone, "/api/account/sessions")
        assert (await phone.sign_in("ada@example.com", NEW_PASSWORD)).status_code == 204
    await laptop.__aexit__()


async def test_a_person_changes_his_name(product: Product) -> None:
    async with Browser(product.url) as ada:
        await ada.sign_up("ada@example.com")
        assert decoded(await ada.patch("/api/account", {"name": " Ada   Byron "})) == {"name": "Ada Byron"}
        assert (await ada.session())["user"]["name"] == "Ada Byron"


async def _reset_token(product: Product, browser: Browser, email: str) -> str:
    assert (await browser.post("/api/password/forgot", {"email": email})).status_code == 204
    async with product.parts.database.transaction() as tx:
        account = await queries.account_by_email(tx, email)
    assert account
    return await mail_token(product, UserId(account.id), Purpose.RESET)
