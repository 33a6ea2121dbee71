"""Connections that each person uses with an own account."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from conducktor.connections.own_accounts.account import secret_seal
from conducktor.core.clock import utc_now
from conducktor.core.ids import ApprovalId, WorkspaceId
from tests.connections.guarded import Guarded
from tests.connections.own_accounts.place import EVERYTHING, Person, Place, joined, names
from tests.connections.shelf import Shelf, tool
from tests.connections.signing_in import BASE, shown, sign_in
from tests.gateway.client import text
from tests.product import Product, decoded, eventually
from tests.support.promptly import PATIENCE_S
from tests.support.rpc_server import result


async def test_each_person_calls_with_the_own_account(place: Place, ada: Person, bob: Person) -> None:
    await place.use_own_accounts(ada.browser)
    of_ada, of_bob = await place.sign_in(ada.browser), await place.sign_in(bob.browser)
    assert (await shown(ada.browser, place.name))["state"] == "ACTIVE"

    for person, token in ((ada, of_ada), (bob, of_bob), (ada, of_ada)):
        assert text(await place.call(person)) == "taken"
        assert place.shown_last() == token


async def test_who_is_not_signed_in_is_told_so_with_a_link_and_nobody_elses_account_is_used(
    place: Place, ada: Person, bob: Person
) -> None:
    await place.use_own_accounts(ada.browser)
    await place.sign_in(ada.browser)

    refused = await place.call(bob)

    assert refused["isError"]
    assert "you are not signed in to it" in text(refused)
    assert refused["structuredContent"]["sign_in_url"] in text(refused)
    assert not [r for r in place.service.received if b'"tools/call"' in r.body]
    assert (await shown(ada.browser, place.name))["state"] == "ACTIVE"


async def test_reading_may_go_out_with_the_workspaces_credential_and_writing_with_the_persons(
    place: Place, ada: Person, bob: Person
) -> None:
    before = set(place.service.valid)
    assert await sign_in(ada.browser, place.service, place.name) == "done"
    (shared,) = place.service.valid - before
    await place.use_own_accounts(ada.browser, ["write", "destructive"])
    of_bob = await place.sign_in(bob.browser)

    assert text(await place.call(bob, "take")) == "taken"
    assert place.shown_last() == shared
    assert text(await place.call(bob, "put")) == "taken"
    assert place.shown_last() == of_bob
    assert text(await place.call(ada, "take")) == "taken"
    assert "not signed in" in text(await place.call(ada, "put"))
    assert await _accounts(ada, place) == {"Bob put": "own", "Bob take": None, "Ada take": None, "Ada put": "own"}


async def test_a_crowd_with_an_ended_token_makes_one_refresh_for_each_person(place: Place, ada: Person, bob: Person) -> None:
    await place.use_own_accounts(ada.browser)
    await place.sign_in(ada.browser)
    await place.sign_in(bob.browser)
    place.service.expire()

    results = await asyncio.gather(*(place.call(person) for _ in range(25) for person in (ada, bob)))

    assert [text(r) for r in results] == ["taken"] * 50
    assert place.service.refreshes == 2


async def test_a_token_is_renewed_before_it_ends(place: Place, ada: Person) -> None:
    await place.use_own_accounts(ada.browser)
    token = await place.sign_in(ada.browser)
    await place.sql(f"UPDATE own_accounts SET renew_after = '{utc_now() - timedelta(seconds=1)}'")

    assert text(await place.call(ada)) == "taken"

    assert place.service.refreshes == 1
    assert place.shown_last() != token


async def test_a_token_that_another_process_stored_and_that_has_ended_too_is_renewed(place: Place, ada: Person) -> None:
    await place.use_own_accounts(ada.browser)
    await place.sign_in(ada.browser)
    assert text(await place.call(ada)) == "taken"
    place.service.expire()
    ((account,),) = await place.sql(
        f"SELECT o.id FROM own_accounts o JOIN connections c ON c.id = o.connection_id WHERE c.name = '{place.name}'"
    )
    sealed = place.product.parts.key_ring.seal(b"access-token-of-another", bound_to=secret_seal(account))
    await place.sql(f"UPDATE own_accounts SET secret_sealed = '\\x{sealed.hex()}' WHERE id = '{account}'")

    assert text(await place.call(ada)) == "taken"

    assert place.service.refreshes == 1


async def test_a_grant_that_can_not_be_opened_is_answered_with_a_link_each_time_at_once(place: Place, ada: Person) -> None:
    """The key ring lacks its key: nothing is deleted, so that it works again with the right one."""
    await place.use_own_accounts(ada.browser)
    await place.sign_in(ada.browser)
    sealed = place.product.parts.key_ring.seal(b"{}", bound_to=b"elsewhere")
    ours = f"connection_id = (SELECT id FROM connections WHERE name = '{place.name}')"
    await place.sql(f"UPDATE own_accounts SET grant_sealed = '\\x{sealed.hex()}' WHERE {ours}")
    place.service.expire()

    async with asyncio.timeout(20):
        for _ in range(2):
            assert "not signed in" in text(await place.call(ada))

    assert (await place.sql(f"SELECT count(*) FROM own_accounts WHERE secret_sealed IS NOT NULL AND {ours}"))[0][0] == 1


async def test_who_was_signed_out_by_the_service_gets_a_link_and_it_works_again_after_it(
    place: Place, ada: Person, bob: Person
) -> None:
    await place.use_own_accounts(ada.browser)
    await place.sign_in(ada.browser)
    of_bob = await place.sign_in(bob.browser)
    place.service.valid.discard(of_bob)
    place.service.refreshable.discard(of_bob.replace("access", "refresh"))

    refused = await place.call(bob)
    assert "does not accept your account any more" in text(refused)
    assert decoded(await bob.browser.get(place.account))["state"] == "ended"
    assert await _ended(ada, "connections.own_account_ended") == "Bob"
    assert text(await place.call(ada)) == "taken"
    refreshes = place.service.refreshes
    assert (await place.call(bob))["isError"]
    assert place.service.refreshes == refreshes

    again = await place.sign_in(bob.browser)
    assert text(await place.call(bob)) == "taken"
    assert place.shown_last() == again


async def test_signing_out_revokes_and_forgets_the_account(place: Place, ada: Person, bob: Person) -> None:
    await place.use_own_accounts(ada.browser)
    await place.sign_in(ada.browser)
    token = await place.sign_in(bob.browser)

    decoded(await bob.browser.delete(place.account))

    assert "not signed in" in text(await place.call(bob))
    assert text(await place.call(ada)) == "taken"
    await place.settle()
    assert place.service.revoked == [token.replace("access", "refresh")]
    assert await place.sql("SELECT count(*) FROM own_accounts WHERE user_id IS NULL") == [(0,)]


async def test_a_token_that_comes_after_its_person_signed_out_is_revoked_too(place: Place, ada: Person) -> None:
    await place.use_own_accounts(ada.browser)
    token = await place.sign_in(ada.browser)
    place.service.expire()
    place.service.may_answer.clear()
    async with asyncio.TaskGroup() as group:
        call = group.create_task(place.call(ada))
        await eventually(lambda: place.service.refreshes == 1)
        decoded(await ada.browser.delete(place.account))
        await place.settle()
        place.service.may_answer.set()

    assert "not signed in" in text(call.result())
    (came_late,) = place.service.refreshable
    assert place.service.revoked == [token.replace("access", "refresh"), came_late]


async def test_leaving_the_workspace_revokes_and_deletes_the_account(place: Place, product: Product, ada: Person) -> None:
    await place.use_own_accounts(ada.browser)
    async with await joined(product, ada.browser, f"mia-{place.name}@example.com") as mia:
        token = await place.sign_in(mia)
        mia_id = (await mia.session())["user"]["id"]
        decoded(await ada.browser.delete(f"{BASE}/members/{mia_id}"))
        await place.settle()
        assert place.service.revoked == [token.replace("access", "refresh")]
        assert await place.sql(f"SELECT count(*) FROM own_accounts WHERE user_id = '{mia_id}' OR user_id IS NULL") == [(0,)]


@pytest.mark.parametrize("change", [{"personal_for": []}, {"auth": "none"}])
async def test_accounts_end_when_the_connection_is_not_used_with_them_any_more(
    place: Place, ada: Person, change: dict[str, Any]
) -> None:
    await place.use_own_accounts(ada.browser)
    token = await place.sign_in(ada.browser)

    decoded(await ada.browser.patch(f"{BASE}/connections/{place.name}", {"personal_for": [], **change}))
    await place.settle()

    assert place.service.revoked == [token.replace("access", "refresh")]


async def test_a_connection_with_peoples_accounts_only_waits_for_somebody_who_manages_it(
    place: Place, ada: Person, bob: Person
) -> None:
    await place.use_own_accounts(ada.browser)
    assert (await shown(ada.browser, place.name))["fault"] == "needs_own_account"

    await place.sign_in(bob.browser)
    assert (await shown(ada.browser, place.name))["state"] == "ERROR", "a member's account is never used for others"
    await place.sign_in(ada.browser)
    assert (await shown(ada.browser, place.name))["state"] == "ACTIVE"


async def test_admins_see_who_has_signed_in_and_members_do_not(place: Place, ada: Person, bob: Person) -> None:
    await place.use_own_accounts(ada.browser)
    await place.sign_in(bob.browser)

    seen = await ada.browser.get(f"{place.account}s")
    assert [(h["name"], h["state"]) for h in decoded(seen)["items"]] == [("Bob", "signed_in")]
    assert "token" not in seen.text
    assert (await bob.browser.get(f"{place.account}s")).status_code == 403


async def test_ones_own_accounts_are_listed_for_oneself(place: Place, ada: Person, bob: Person) -> None:
    await place.use_own_accounts(ada.browser, ["write"])
    await place.sign_in(bob.browser)

    async def state(person: Person) -> list[tuple[str, list[str]]]:
        items = decoded(await person.browser.get(f"{BASE}/own-accounts"))["items"]
        return [(i["state"], i["personal_for"]) for i in items if i["connection"] == place.name]

    assert await state(bob) == [("signed_in", ["write"])]
    assert await state(ada) == [("missing", ["write"])]


async def test_a_key_may_be_a_persons_own_too(product: Product, ada: Person, bob: Person) -> None:
    name = next(names)
    async with Shelf(tool("take")) as shelf:
        shelf._behaviours["tools/call"] = result('{"content":[{"type":"text","text":"taken"}]}')
        wish = {"name": name, "url": shelf.url, "auth": "bearer", "secret": "the-workspaces-key"}
        decoded(await ada.browser.post(f"{BASE}/connections", wish))
        decoded(await ada.browser.patch(f"{BASE}/connections/{name}", {"personal_for": EVERYTHING}))
        assert "not signed in" in text(await bob.client.call(f"{name}_take", text="x"))

        decoded(await bob.browser.request("PUT", f"{BASE}/connections/{name}/own-account", json={"secret": "the-key-of-bob"}))

        assert text(await bob.client.call(f"{name}_take", text="x")) == "taken"
        assert [r.headers["authorization"] for r in shelf.received if b'"tools/call"' in r.body] == ["Bearer the-key-of-bob"]
        assert "not signed in" in text(await ada.client.call(f"{name}_take", text="x"))


async def test_a_key_that_the_service_refuses_has_to_be_entered_anew(product: Product, ada: Person, bob: Person) -> None:
    name = next(names)
    account = f"{BASE}/connections/{name}/own-account"
    async with Guarded(tool("take")) as service:
        service._behaviours["tools/call"] = result('{"content":[{"type":"text","text":"taken"}]}')
        service.valid |= {"the-workspaces-key", "second-key"}
        wish = {"name": name, "url": service.url, "auth": "bearer", "secret": "the-workspaces-key"}
        decoded(await ada.browser.post(f"{BASE}/connections", wish))
        decoded(await ada.browser.patch(f"{BASE}/connections/{name}", {"personal_for": EVERYTHING}))
        decoded(await bob.browser.request("PUT", account, json={"secret": "first-key"}))

        assert "does not accept your account any more" in text(await bob.client.call(f"{name}_take", text="x"))
        assert decoded(await bob.browser.get(account))["state"] == "ended", "its page asks for another key"
        assert await _ended(ada, "connections.own_account_ended") == "Bob"

        decoded(await bob.browser.request("PUT", account, json={"secret": "second-key"}))
        assert text(await bob.client.call(f"{name}_take", text="x")) == "taken"


async def test_a_connection_without_any_sign_in_has_no_own_accounts(ada: Person) -> None:
    name = next(names)
    async with Shelf(tool("take")) as shelf:
        decoded(await ada.browser.post(f"{BASE}/connections", {"name": name, "url": shelf.url}))
        refused = await ada.browser.patch(f"{BASE}/connections/{name}", {"personal_for": ["write"]})
    assert refused.status_code == 422
    assert "personal_for" in refused.json()["errors"]


async def test_an_approved_call_goes_out_with_its_requesters_account(place: Place, ada: Person, bob: Person) -> None:
    await place.use_own_accounts(ada.browser)
    await place.sign_in(ada.browser)
    of_bob = await place.sign_in(bob.browser)
    wish = {"name": "Ask", "kind": "require_approval", "settings": {}, "what": {"tools": [f"{place.name}_*"]}}
    policy = decoded(await ada.browser.post(f"{BASE}/policies", wish))["id"]
    asked = (await place.call(bob, "put"))["structuredContent"]["approval_id"]

    decoded(await ada.browser.post(f"{BASE}/approvals/{asked}/decision", {"decision": "approve"}))
    workspace_id = WorkspaceId(UUID((await ada.browser.session())["workspaces"][0]["id"]))
    await place.product.parts.approved_calls.carry_out(workspace_id, ApprovalId(UUID(asked)))

    assert place.shown_last() == of_bob
    decoded(await ada.browser.delete(f"{BASE}/policies/{policy}"))


async def test_secrets_of_one_row_do_not_open_in_another(place: Place, ada: Person, bob: Person) -> None:
    await place.use_own_accounts(ada.browser)
    await place.sign_in(ada.browser)
    await place.sign_in(bob.browser)
    rows = await place.sql("SELECT id, user_id, connection_id FROM own_accounts ORDER BY signed_in_at")
    (of_ada, _, _), (of_bob, bob_id, connection_id) = rows[-2:]
    for column in ("secret_sealed", "grant_sealed"):
        await place.sql(
            f"UPDATE own_accounts SET {column} = (SELECT {column} FROM own_accounts WHERE id = '{of_ada}') WHERE id = '{of_bob}'"
        )
    heard: list[str] = []
    unsubscribe = place.product.parts.changes.subscribe(lambda change: heard.append(change.id))
    await place.sql(f'SELECT pg_notify(\'conducktor\', \'{{"topic":"own_accounts","id":"{connection_id}:{bob_id}"}}\')')
    await eventually(lambda: f"{connection_id}:{bob_id}" in heard)
    unsubscribe()

    assert "not signed in" in text(await place.call(bob))


async def _accounts(admin: Person, place: Place) -> dict[str, str | None]:
    """With whose account each of four calls went out, as the audit has it."""
    lines: list[dict[str, Any]] = []
    async with asyncio.timeout(PATIENCE_S):
        while len(lines) < 4 or not all(line["outcome"] for line in lines):
            found = await admin.browser.get(f"{BASE}/audit", params={"connection": place.name, "kind": "call"})
            lines = decoded(found)["items"]
            await asyncio.sleep(0.01)
    entries = [decoded(await admin.browser.get(f"{BASE}/audit/{line['id']}")) for line in lines]
    return {f"{e['line']['person']} {e['line']['tool']}": (e["decision"] or {}).get("account") for e in entries}


async def _ended(admin: Person, deed: str) -> str:
    """Whose, of the newest such line in the audit."""
    lines = decoded(await admin.browser.get(f"{BASE}/audit", params={"tool": deed}))["items"]
    assert lines, f"nothing is written of {deed}"
    person: str = lines[0]["person"]
    return person
