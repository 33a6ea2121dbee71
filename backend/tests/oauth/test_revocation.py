"""Ending: by the client, by the person, by an admin, by leaving. It holds everywhere, at once, and after restarts."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from conducktor.infra import changes
from conducktor.infra.embedded_postgres import EmbeddedPostgres
from conducktor.infra.migrations import metadata
from conducktor.settings import Settings
from tests.oauth.app import REDIRECT, App, becomes_refused, error, registered, workspace_of
from tests.product import Browser, Product, all_heard, decoded, running_product, signed_up
from tests.support.databases import execute
from tests.support.open_directory import open_directory
from tests.support.promptly import PATIENCE_S, PROMPTLY_S


async def test_revoking_a_refresh_token_ends_the_family(app: App, ada: Browser) -> None:
    tokens = await app.tokens(ada, "lab")
    assert await app.call(tokens.access_token) == 200

    response = await app.revoke(tokens.refresh_token, token_type_hint="refresh_token")

    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    await becomes_refused(app, tokens)


async def test_revoking_an_access_token_leaves_the_refresh_token_alone(app: App, ada: Browser) -> None:
    tokens = await app.tokens(ada, "lab")
    assert await app.call(tokens.access_token) == 200

    assert (await app.revoke(tokens.access_token, token_type_hint="nonsense")).status_code == 200

    await becomes(app, tokens.access_token, 401)
    assert await app.call((await app.refreshed(tokens.refresh_token)).access_token) == 200


async def test_another_client_cannot_revoke(app: App, ada: Browser) -> None:
    tokens = await app.tokens(ada, "lab")
    other = await registered(app, REDIRECT)

    for token in (tokens.access_token, tokens.refresh_token, "nonsense"):
        assert (await app.revoke(token, client_id=other)).status_code == 200

    assert await app.call(tokens.access_token) == 200
    assert (await app.refresh(tokens.refresh_token)).status_code == 200


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [({"client_id": "nobody"}, "invalid_client"), ({"client_id": None}, "invalid_client"), ({"token": None}, "invalid_request")],
)
async def test_a_malformed_revocation_is_refused(app: App, changes: dict[str, str | None], refusal: str) -> None:
    assert error(await app.send("/oauth/revoke", {"token": "x", "client_id": app.client_id}, changes)) == refusal


async def test_the_list_says_which_part_of_the_workspace_an_app_may_use(app: App, newcomer: Browser) -> None:
    slug = await workspace_of(newcomer)
    for below in ("", "/toolsets/triage"):
        part = app.resource + below
        await app.redeem(await app.code(newcomer, slug, ("tools",), resource=part), resource=part)

    listed = decoded(await newcomer.get(f"/api/workspaces/{slug}/authorizations"))["items"]
    assert [a["part"] for a in listed] == [{"kind": "toolset", "name": "triage"}, None]


async def test_a_person_sees_and_disconnects_an_app(app: App, newcomer: Browser) -> None:
    slug = await workspace_of(newcomer)
    tokens = await app.tokens(newcomer, slug, ("connections", "manage"))
    listed = decoded(await newcomer.get(f"/api/workspaces/{slug}/authorizations"))["items"]
    assert [(a["client"]["name"], a["scopes"], a["last_used_at"], a["is_own"]) for a in listed] == [
        ("ChatGPT", ["connections", "manage"], None, True)
    ]
    assert await app.call(tokens.access_token) == 200

    gone = await newcomer.delete(f"/api/workspaces/{slug}/authorizations/{listed[0]['id']}")

    assert gone.status_code == 204
    await becomes_refused(app, tokens)
    assert decoded(await newcomer.get(f"/api/workspaces/{slug}/authorizations"))["items"] == []
    assert (await newcomer.delete(f"/api/workspaces/{slug}/authorizations/{listed[0]['id']}")).status_code == 404


async def test_the_first_use_is_noted_at_once_and_announced(app: App, newcomer: Browser, product: Product) -> None:
    slug = await workspace_of(newcomer)
    tokens = await app.tokens(newcomer, slug)
    heard: list[str] = []
    unsubscribe = product.parts.changes.subscribe(lambda change: heard.append(change.topic))

    await app.call(tokens.access_token)

    async with asyncio.timeout(PATIENCE_S):
        while not decoded(await newcomer.get(f"/api/workspaces/{slug}/authorizations"))["items"][0]["last_used_at"]:
            await asyncio.sleep(0.02)
        while "authorizations" not in heard:
            await asyncio.sleep(0.02)
    unsubscribe()


async def test_without_the_permission_only_ones_own_are_seen_and_ended(
    app: App, ada: Browser, newcomer: Browser, product: Product
) -> None:
    slug = await workspace_of(newcomer)
    await join(product, slug, "ada@example.com", "member")
    hers, others = await app.tokens(ada, slug), await app.tokens(newcomer, slug)
    seen_by_owner = decoded(await newcomer.get(f"/api/workspaces/{slug}/authorizations"))["items"]
    seen_by_member = decoded(await ada.get(f"/api/workspaces/{slug}/authorizations"))["items"]
    foreign = next(a for a in seen_by_owner if a["is_own"])

    refused = await ada.delete(f"/api/workspaces/{slug}/authorizations/{foreign['id']}")

    assert len(seen_by_owner) == 2
    assert [a["is_own"] for a in seen_by_member] == [True]
    assert refused.status_code == 404
    assert await app.call(others.access_token) == 200
    assert (await newcomer.delete(f"/api/workspaces/{slug}/authorizations/{seen_by_member[0]['id']}")).status_code == 204
    await becomes_refused(app, hers)


async def test_an_authorization_of_another_workspace_is_not_found(app: App, ada: Browser, newcomer: Browser) -> None:
    tokens = await app.tokens(ada, "lab")
    slug = await workspace_of(newcomer)
    listed = decoded(await ada.get("/api/workspaces/lab/authorizations"))["items"][0]

    assert (await newcomer.delete(f"/api/workspaces/{slug}/authorizations/{listed['id']}")).status_code == 404
    assert await app.call(tokens.access_token) == 200


async def test_leaving_a_workspace_ends_what_was_authorised_there_and_coming_back_revives_nothing(
    app: App, ada: Browser, newcomer: Browser, product: Product
) -> None:
    slug = await workspace_of(newcomer)
    await join(product, slug, "ada@example.com", "member")
    tokens = await app.tokens(ada, slug)
    code = await app.code(ada, slug)
    assert await app.call(tokens.access_token) == 200
    user_id = (await ada.session())["user"]["id"]

    assert (await newcomer.delete(f"/api/workspaces/{slug}/members/{user_id}")).status_code == 204

    await becomes_refused(app, tokens)
    assert error(await app.redeem(code)) == "invalid_grant"
    await join(product, slug, "ada@example.com", "member")
    assert await app.call(tokens.access_token) == 401


async def test_a_revocation_is_known_in_the_other_process_within_a_second_and_after_restarts(
    two: tuple[App, App], two_products: tuple[Product, Product], founder: Browser
) -> None:
    first, second = two
    tokens = await first.tokens(founder, "lab")
    assert await first.call(tokens.access_token) == await second.call(tokens.access_token) == 200

    await second.revoke(tokens.refresh_token)

    await becomes_refused(first, tokens)
    await becomes_refused(second, tokens)
    async with running_product(two_products[0].parts.settings) as third:
        assert await App(third).call(tokens.access_token) == 401
        assert error(await App(third).refresh(tokens.refresh_token)) == "invalid_grant"


async def test_a_process_that_may_have_missed_a_revocation_forgets_what_it_knew(
    app: App, ada: Browser, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "TRUSTED_FOR_S", 60.0)  # on a busy machine heartbeats are late, and nothing is known by heart
    tokens = await app.tokens(ada, "lab")
    assert await app.call(tokens.access_token) == 200
    async with asyncio.timeout(PATIENCE_S):
        while not decoded(await ada.get("/api/workspaces/lab/authorizations"))["items"][0]["last_used_at"]:
            await asyncio.sleep(0.02)
    await all_heard(product.parts)  # of the first use, after which the caller is loaded once more
    assert await app.call(tokens.access_token) == 200
    url = product.parts.settings.database_url
    await execute(url, "UPDATE authorizations SET revoked_at = now(), revoked_for = 'person'")  # unannounced
    assert await app.call(tokens.access_token) == 200

    await execute(
        url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT 1' AND pid <> pg_backend_pid()"
    )

    await becomes(app, tokens.access_token, 401)


async def test_while_the_database_is_away_nobody_is_let_in_and_it_heals_by_itself(tmp_path: Path) -> None:
    with open_directory() as place:
        server = EmbeddedPostgres(place / "postgres")
        url = server.start()
        try:
            engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
            metadata().create_all(engine)
            engine.dispose()
            settings = Settings(database_url=url, data_dir=tmp_path, worker="separate")
            async with running_product(settings) as product, await signed_up(product, "ada@example.com") as ada:
                app = App(product)
                tokens = await app.tokens(ada, "lab")
                assert await app.call(tokens.access_token) == 200

                server.stop()

                await becomes(app, tokens.access_token, 503, within_s=2 + PROMPTLY_S)
                assert await app.call("cdk_at_" + "x" * 43) == 503
                assert await app.call("garbage") == 401
                refused = await app.refresh(tokens.refresh_token)
                assert (refused.status_code, error(refused)) == (503, "temporarily_unavailable")
                assert int(refused.headers["retry-after"]) > 0
                page = await app.ask(ada)
                assert (page.status_code, "location" in page.headers) == (503, False) or "error=temporarily" in page.headers[
                    "location"
                ]
                server.start()
                await becomes(app, tokens.access_token, 200, within_s=PATIENCE_S)
                assert (await app.refresh(tokens.refresh_token)).status_code == 200
        finally:
            server.stop()


async def becomes(app: App, access_token: str, status: int, *, within_s: float = PROMPTLY_S) -> None:
    async with asyncio.timeout(within_s):
        while await app.call(access_token) != status:
            await asyncio.sleep(0.02)


async def join(product: Product, slug: str, email: str, role: str) -> None:
    """Make an existing person a member, as accepting an invitation does."""
    await execute(
        product.parts.settings.database_url,
        "INSERT INTO members (id, workspace_id, user_id, role, joined_at) "
        "SELECT gen_random_uuid(), w.id, u.id, $3, now() FROM workspaces w, users u WHERE w.slug = $1 AND u.email = $2",
        slug,
        email,
        role,
    )
