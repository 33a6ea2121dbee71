import msgspec
from argon2 import PasswordHasher

from conducktor.identity import queries
from conducktor.identity.passwords import Passwords
from conducktor.identity.throttle import Action
from conducktor.settings import Settings
from tests.product import PASSWORD, Browser, Product, running_product


async def test_signing_in_and_out(product: Product) -> None:
    async with Browser(product.url) as first, Browser(product.url) as second:
        await first.sign_up("Ada@example.com")

        assert (await second.sign_in("ada@EXAMPLE.com")).status_code == 204
        assert (await second.session())["user"]["name"] == "Ada"
        assert (await second.post("/api/sign-out")).status_code == 204
        assert second.session_cookie is None
        assert (await second.session())["user"] is None
        assert (await first.session())["user"]["name"] == "Ada"


async def test_signing_out_kills_the_session_and_not_only_the_cookie(product: Product) -> None:
    async with Browser(product.url) as ada, Browser(product.url) as thief:
        await ada.sign_up("ada@example.com")
        thief.cookies = dict(ada.cookies)
        assert (await thief.session())["user"] is not None

        await ada.post("/api/sign-out")

        assert (await thief.session())["user"] is None


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(product: Product) -> None:
    async with Browser(product.url) as ada, Browser(product.url) as bob:
        await ada.sign_up("ada@example.com")
        wrong = await bob.sign_in("ada@example.com", "not the password at all")
        unknown = await bob.sign_in("nobody@example.com", "not the password at all")
        nonsense = await bob.sign_in("no address\x00", "not the password at all")

        assert wrong.status_code == unknown.status_code == nonsense.status_code == 401
        assert wrong.json() == unknown.json() == nonsense.json()
        assert wrong.json()["code"] == "wrong_credentials"
        assert bob.session_cookie is None


async def test_the_session_id_changes_at_sign_in_and_the_old_one_is_dead(product: Product) -> None:
    async with Browser(product.url) as ada, Browser(product.url) as observer:
        await ada.sign_up("ada@example.com")
        before, token_before = ada.session_cookie, ada.cookies["__Host-conducktor-csrf"]
        await ada.sign_in("ada@example.com")

        assert ada.session_cookie != before
        assert ada.cookies["__Host-conducktor-csrf"] != token_before
        observer.cookies = {"__Host-conducktor-session": before or ""}
        assert (await observer.session())["user"] is None


async def test_a_session_id_that_somebody_planted_is_never_adopted(product: Product) -> None:
    async with Browser(product.url) as ada, Browser(product.url) as attacker:
        await ada.sign_up("ada@example.com")
        await ada.post("/api/sign-out")
        ada.cookies["__Host-conducktor-session"] = attacker.cookies["__Host-conducktor-session"] = "planted"
        await ada.sign_in("ada@example.com")

        assert ada.session_cookie != "planted"
        assert (await attacker.session())["user"] is None


async def test_cookies_carry_every_protection(product: Product) -> None:
    async with Browser(product.url) as ada:
        form = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD}
        answer = await ada.post("/api/sign-up", form)
        session, csrf = sorted(answer.headers.get_list("set-cookie"), key=lambda line: "csrf" in line)

        assert session.startswith("__Host-conducktor-session=")
        for attribute in ("HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=2592000"):
            assert attribute in session
        assert "HttpOnly" not in csrf
        assert "Domain" not in session + csrf
        assert "Secure" in csrf
        assert answer.headers["cache-control"] == "no-store"


async def test_guessing_one_account_is_throttled_and_other_networks_are_not_locked_out(settings: Settings) -> None:
    behind_proxy = msgspec.structs.replace(settings, trusted_proxies=("127.0.0.1",))
    async with (
        running_product(behind_proxy) as product,
        Browser(product.url, headers={"X-Forwarded-For": "203.0.113.7"}) as guesser,
        Browser(product.url, headers={"X-Forwarded-For": "198.51.100.7"}) as ada,
    ):
        await ada.sign_up("ada@example.com")
        for _ in range(9):
            await product.parts.throttle.admit(Action.SIGN_IN, account="ada@example.com", network="203.0.113.0/24")
        statuses = [(await guesser.sign_in("ada@example.com", f"guess number {n}")).status_code for n in range(3)]
        assert statuses == [401, 429, 429]

        throttled = await guesser.sign_in("Ada@Example.com", PASSWORD)
        assert throttled.status_code == 429
        assert 0 < int(throttled.headers["retry-after"]) <= 901
        assert (await ada.sign_in("ada@example.com")).status_code == 204


async def test_one_password_tried_on_many_accounts_is_throttled_by_network(product: Product) -> None:
    for n in range(99):
        await product.parts.throttle.admit(Action.SIGN_IN, account=f"p{n}@example.com", network="127.0.0.0/24")
    async with Browser(product.url) as guesser:
        statuses = []
        for n in range(99, 102):
            headers = {"X-Forwarded-For": f"203.0.{n}.7"}  # nobody believes it: no proxy is configured
            answer = await guesser.post("/api/sign-in", {"email": f"p{n}@example.com", "password": "x"}, headers=headers)
            statuses.append(answer.status_code)
    assert statuses == [401, 429, 429]


async def test_a_password_hashed_with_older_parameters_is_hashed_again_at_sign_in(product: Product) -> None:
    product.parts.passwords._hasher = Passwords()._hasher
    async with Browser(product.url) as ada:
        await ada.sign_up("ada@example.com")
        old = await Passwords(PasswordHasher(time_cost=1, memory_cost=8192)).hash(PASSWORD)
        async with product.parts.database.transaction() as tx:
            account = await queries.account_by_email(tx, "ada@example.com")
            assert account
            await queries.set_password(tx, account.id, old)

        assert (await ada.sign_in("ada@example.com")).status_code == 204

        async with product.parts.database.transaction() as tx:
            stored = await queries.password_hash(tx, account.id)
        assert stored
        assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
        assert (await ada.sign_in("ada@example.com")).status_code == 204
