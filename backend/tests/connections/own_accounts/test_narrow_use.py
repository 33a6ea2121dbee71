"""An app that was given one connection or toolset needs the accounts of that part only."""

from tests.connections.own_accounts.place import Person, Place, names
from tests.connections.signing_in import BASE, connected
from tests.product import decoded


async def test_only_the_accounts_that_the_asked_part_needs_are_listed(place: Place, ada: Person) -> None:
    other = next(names)
    await connected(ada.browser, place.service, other)
    await place.use_own_accounts(ada.browser)
    await place.sign_in(ada.browser)
    await place.use_own_accounts(ada.browser, ["write"])
    decoded(await ada.browser.patch(f"{BASE}/connections/{other}", {"personal_for": ["read"]}))
    for name, rules in (
        ("reading", [{"classes": ["read"]}]),
        ("putting", [{"connections": [place.name], "tools": ["*_put"]}]),
        ("taking", [{"connections": [place.name], "tools": ["*_take"]}]),
    ):
        decoded(await ada.browser.post(f"{BASE}/toolsets", {"name": name, "rules": rules}))

    async def needed(**part: str) -> set[str]:
        items = decoded(await ada.browser.get(f"{BASE}/own-accounts", params=part))["items"]
        return {item["connection"] for item in items}

    assert await needed() >= {place.name, other}
    assert await needed(connection=place.name) == {place.name}
    assert await needed(connection="elsewhere") == set()
    assert await needed(toolset="putting") == {place.name}
    assert await needed(toolset="taking") == set(), "reading goes out with the workspace's account"
    assert await needed(toolset="reading") == {other}, "its tools are known once somebody has signed in"
    assert await needed(toolset="elsewhere") == set()
    decoded(await ada.browser.delete(f"{BASE}/connections/{other}"))
