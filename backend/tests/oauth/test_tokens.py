"""The token endpoint: a code is redeemed once, a refresh token is replaced, and what was stolen dies."""

import asyncio

import msgspec
import pytest

from conducktor.oauth.secrets import CODE, REFRESH_TOKEN
from tests.oauth.app import REDIRECT, App, Tokens, becomes_refused, error, plain_http, registered, workspace_of
from tests.oauth.time_passes import live_refresh_tokens, time_passes
from tests.product import Browser, Product, decoded


async def test_a_code_becomes_a_pair_of_tokens(app: App, ada: Browser) -> None:
    response = await app.redeem(await app.code(ada, "lab"))

    tokens = msgspec.convert(decoded(response), type=Tokens)
    assert (tokens.token_type, tokens.expires_in, tokens.scope) == ("Bearer", 3600, "connections tools")
    assert tokens.access_token.startswith("cdk_at_")
    assert tokens.refresh_token.startswith("cdk_rt_")
    assert response.headers["cache-control"] == "no-store"
    assert await app.call(tokens.access_token) == 200


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"code_verifier": "b" * 43}, "invalid_grant"),
        ({"code_verifier": "b" * 42}, "invalid_request"),
        ({"code_verifier": None}, "invalid_request"),
        ({"redirect_uri": "https://chatgpt.com/connector/oauth/other"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"resource": "https://elsewhere.example.com/mcp"}, "invalid_target"),
        ({"code": None}, "invalid_request"),
        ({"code": "cdk_ac_" + "x" * 43}, "invalid_grant"),
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"client_id": None}, "invalid_client"),
        ({"client_id": "nobody"}, "invalid_client"),
    ],
)
async def test_a_redemption_that_does_not_fit_is_refused_and_the_code_stays_good(
    app: App, ada: Browser, changes: dict[str, str | None], refusal: str
) -> None:
    code = await app.code(ada, "lab")

    refused = await app.redeem(code, **changes)

    assert error(refused) == refusal
    assert refused.status_code == (401 if refusal == "invalid_client" else 400)
    assert (await app.redeem(code)).status_code == 200


async def test_a_code_for_one_connection_is_not_for_the_whole_endpoint(app: App, ada: Browser) -> None:
    code = await app.code(ada, "lab", resource=f"{app.resource}/linear-prod")

    assert error(await app.redeem(code)) == "invalid_grant"
    tokens = msgspec.convert(decoded(await app.redeem(code, resource=f"{app.resource}/linear-prod")), type=Tokens)
    assert await app.call(tokens.access_token) == 401
    assert await app.call(tokens.access_token, "/linear-prod") != 401
    assert await app.call(tokens.access_token, "/linear") == 401


async def test_a_token_for_the_whole_endpoint_is_good_for_each_connection_and_can_be_narrowed(app: App, ada: Browser) -> None:
    code = await app.code(ada, "lab")

    tokens = msgspec.convert(decoded(await app.redeem(code, resource=f"{app.resource}/linear-prod")), type=Tokens)

    assert await app.call(tokens.access_token) == 401
    assert await app.call(tokens.access_token, "/linear-prod") != 401
    whole = await app.refreshed(tokens.refresh_token, resource=app.resource)
    assert await app.call(whole.access_token) == 200
    assert await app.call(whole.access_token, "/linear-prod") != 401


async def test_a_code_lives_for_a_minute(app: App, ada: Browser, product: Product) -> None:
    code = await app.code(ada, "lab")
    await time_passes(product, seconds=61)

    assert error(await app.redeem(code)) == "invalid_grant"


async def test_another_client_cannot_redeem_a_code_nor_spoil_it(app: App, ada: Browser, product: Product) -> None:
    code = await app.code(ada, "lab")
    other = await registered(app, REDIRECT)

    assert error(await app.redeem(code, client_id=other)) == "invalid_grant"
    tokens = msgspec.convert(decoded(await app.redeem(code)), type=Tokens)
    assert error(await app.redeem(code, client_id=other)) == "invalid_grant"
    assert await app.call(tokens.access_token) == 200


async def test_a_code_that_is_used_twice_revokes_what_it_gave(app: App, ada: Browser) -> None:
    code = await app.code(ada, "lab")
    tokens = msgspec.convert(decoded(await app.redeem(code)), type=Tokens)
    assert await app.call(tokens.access_token) == 200

    assert error(await app.redeem(code)) == "invalid_grant"

    await becomes_refused(app, tokens)
    lines = decoded(await ada.get("/api/workspaces/lab/audit"))["items"]
    assert "authorizations.revoke" in [line["tool"] for line in lines]


async def test_of_fifty_redemptions_at_once_exactly_one_succeeds(two: tuple[App, App], founder: Browser) -> None:
    code = await two[0].code(founder, "lab")
    two[1].verifier = two[0].verifier

    answers = await asyncio.gather(*(two[n % 2].redeem(code) for n in range(50)))

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 49
    tokens = next(msgspec.convert(a.json(), type=Tokens) for a in answers if a.status_code == 200)
    await becomes_refused(two[0], tokens)
    await becomes_refused(two[1], tokens)


async def test_a_refresh_token_is_replaced_when_it_is_used(app: App, ada: Browser) -> None:
    first = await app.tokens(ada, "lab")

    second = await app.refreshed(first.refresh_token)

    assert second.refresh_token != first.refresh_token
    assert second.access_token != first.access_token
    assert second.expires_in == 3600
    assert await app.call(first.access_token) == await app.call(second.access_token) == 200


async def test_a_retry_within_the_grace_yields_the_very_same_pair(app: App, ada: Browser, product: Product) -> None:
    first = await app.tokens(ada, "lab")
    second = await app.refreshed(first.refresh_token)
    await time_passes(product, seconds=4)

    again = await app.refreshed(first.refresh_token)

    assert (again.access_token, again.refresh_token) == (second.access_token, second.refresh_token)
    assert 3580 <= again.expires_in <= 3596
    assert await app.call(again.access_token) == 200
    third = await app.refreshed(again.refresh_token)
    assert await app.call(third.access_token) == 200


async def test_a_replaced_token_whose_successor_was_used_kills_the_family(app: App, ada: Browser) -> None:
    first = await app.tokens(ada, "lab")
    second = await app.refreshed(first.refresh_token)
    third = await app.refreshed(second.refresh_token)

    assert error(await app.refresh(first.refresh_token)) == "invalid_grant"

    for tokens in (first, second, third):
        await becomes_refused(app, tokens)


async def test_a_replaced_token_after_the_grace_kills_the_family(app: App, ada: Browser, product: Product) -> None:
    first = await app.tokens(ada, "lab")
    second = await app.refreshed(first.refresh_token)
    await time_passes(product, seconds=11)

    assert error(await app.refresh(first.refresh_token)) == "invalid_grant"

    await becomes_refused(app, second)
    lines = decoded(await ada.get("/api/workspaces/lab/audit"))["items"]
    assert "authorizations.revoke" in [line["tool"] for line in lines]


async def test_of_a_hundred_refreshes_at_once_one_live_refresh_token_remains(
    two: tuple[App, App], founder: Browser, database_url: str
) -> None:
    first = await two[0].tokens(founder, "lab")

    answers = await asyncio.gather(*(two[n % 2].refreshed(first.refresh_token) for n in range(100)))

    assert len({answer.refresh_token for answer in answers}) == 1
    assert len({answer.access_token for answer in answers}) == 1
    second = await two[0].refreshed(answers[0].refresh_token)
    assert await two[1].call(second.access_token) == 200
    assert len(await live_refresh_tokens(database_url)) == 1


async def test_a_race_between_a_refresh_and_its_successor_ends_in_one_family_or_none(
    two: tuple[App, App], founder: Browser, database_url: str
) -> None:
    first = await two[0].tokens(founder, "lab")
    second = await two[0].refreshed(first.refresh_token)
    tokens = [first.refresh_token, second.refresh_token]

    answers = await asyncio.gather(*(two[n % 2].refresh(tokens[n % 4 // 2]) for n in range(40)))

    assert {answer.status_code for answer in answers} <= {200, 400}
    assert len(await live_refresh_tokens(database_url)) <= 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"scope": "connections tools usage"}, "invalid_scope"),
        ({"scope": "manage"}, "invalid_scope"),
        ({"resource": "https://elsewhere.example.com/mcp"}, "invalid_target"),
        ({"refresh_token": None}, "invalid_request"),
        ({"refresh_token": "cdk_rt_" + "x" * 43}, "invalid_grant"),
    ],
)
async def test_a_refresh_cannot_widen(app: App, ada: Browser, changes: dict[str, str | None], refusal: str) -> None:
    first = await app.tokens(ada, "lab")

    assert error(await app.refresh(first.refresh_token, **changes)) == refusal
    assert (await app.refresh(first.refresh_token)).status_code == 200


async def test_a_refresh_for_one_connection_cannot_name_the_whole_endpoint(app: App, ada: Browser) -> None:
    code = await app.code(ada, "lab", resource=f"{app.resource}/linear-prod")
    first = msgspec.convert(decoded(await app.redeem(code, resource=None)), type=Tokens)

    assert error(await app.refresh(first.refresh_token, resource=app.resource)) == "invalid_target"


async def test_a_refresh_may_narrow_and_the_next_one_has_it_all_again(app: App, ada: Browser) -> None:
    first = await app.tokens(ada, "lab")

    narrow = await app.refreshed(first.refresh_token, scope="tools offline_access")
    whole = await app.refreshed(narrow.refresh_token)

    assert (narrow.scope, whole.scope) == ("tools", "connections tools")


async def test_another_clients_refresh_token_is_refused_and_unharmed(app: App, ada: Browser) -> None:
    first = await app.tokens(ada, "lab")
    second = await app.refreshed(first.refresh_token)
    other = await registered(app, REDIRECT)

    assert error(await app.refresh(first.refresh_token, client_id=other)) == "invalid_grant"
    assert error(await app.refresh(second.refresh_token, client_id=other)) == "invalid_grant"
    assert (await app.refresh(second.refresh_token)).status_code == 200


async def test_a_refresh_token_expires_when_it_is_not_used_for_ninety_days(app: App, ada: Browser, product: Product) -> None:
    first = await app.tokens(ada, "lab")
    await time_passes(product, seconds=89 * 86_400)
    second = await app.refreshed(first.refresh_token)
    await time_passes(product, seconds=91 * 86_400)

    assert error(await app.refresh(second.refresh_token)) == "invalid_grant"


async def test_only_forms_are_read(app: App, ada: Browser) -> None:
    code = await app.code(ada, "lab")
    form = {"grant_type": "authorization_code", "code": code, "client_id": app.client_id, "code_verifier": app.verifier}
    typed = {"Content-Type": "application/x-www-form-urlencoded"}
    url = f"{app.url}/oauth/token"
    async with plain_http() as http:
        refused = [
            await http.post(url, json=form),
            await http.post(url, params=form, headers=typed),
            await http.post(url, content=f"grant_type=refresh_token&grant_type=x&code={code}", headers=typed),
            await http.post(url, content=b"grant_type=%ff", headers=typed),
            await http.post(url, content=b"grant_type=%00", headers=typed),
            await http.post(url, data={"code": "x" * 100_000}),
        ]
        wrong_method = await http.get(url)

    assert [error(response) for response in refused] == ["invalid_request"] * 6
    assert refused[-1].status_code == 413
    assert wrong_method.status_code == 405


async def test_a_secret_that_somebody_typed_in_does_not_matter(app: App, ada: Browser) -> None:
    code = await app.code(ada, "lab")

    tokens = msgspec.convert(decoded(await app.redeem(code, client_secret="typed by mistake")), type=Tokens)

    assert await app.call(tokens.access_token) == 200


async def test_basic_authentication_names_the_client_too(app: App, ada: Browser) -> None:
    code = await app.code(ada, "lab")
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "code_verifier": app.verifier}
    async with plain_http() as http:
        clash = await http.post(f"{app.url}/oauth/token", data={**form, "client_id": "other"}, auth=(app.client_id, "x"))
        fine = await http.post(f"{app.url}/oauth/token", data=form, auth=(app.client_id, "x"))

    assert error(clash) == "invalid_client"
    assert fine.status_code == 200


async def test_authorising_again_leaves_older_authorizations_alone_up_to_five(app: App, ada: Browser) -> None:
    pairs = [await app.tokens(ada, "lab") for _ in range(6)]

    await becomes_refused(app, pairs[0])
    assert [await app.call(pair.access_token) for pair in pairs[1:]] == [200] * 5


async def test_two_people_with_one_client_hold_two_workspaces(app: App, ada: Browser, newcomer: Browser) -> None:
    hers, others = await app.tokens(ada, "lab"), await app.tokens(newcomer, await workspace_of(newcomer))

    assert await app.call(hers.access_token) == await app.call(others.access_token) == 200


def test_secrets_of_different_kinds_never_look_alike() -> None:
    assert not CODE.looks_like(REFRESH_TOKEN.new().encode())
    assert CODE.looks_like(CODE.new().encode())
    assert not CODE.looks_like((CODE.new() + "\n").encode())
