"""The same operations as the pages reach them."""

from typing import Any

from tests.connections.shelf import Shelf, tool
from tests.product import Browser, Product, decoded, signed_up

KEY = "the-key-of-the-shelf"


async def test_a_person_connects_looks_changes_and_removes(product: Product, shelf: Shelf) -> None:
    async with await signed_up(product, "ada@example.com") as browser:
        base = await _workspace(browser)
        made = await browser.post(f"{base}/connections", {"name": "linear-prod", "url": shelf.url, "secret": KEY})
        assert made.status_code == 201
        assert made.json()["state"] == "ACTIVE"
        assert KEY not in made.text

        listed = decoded(await browser.get(f"{base}/connections"))
        assert [c["name"] for c in listed["items"]] == ["linear-prod"]
        tools = decoded(await browser.get(f"{base}/connections/linear-prod/tools"))["items"]
        assert [t["full_name"] for t in tools] == ["linear-prod_put", "linear-prod_take"]

        shelf.tools[0] = tool("take", description="Changed.")
        tested = decoded(await browser.post(f"{base}/connections/linear-prod/test"))
        assert tested["quarantined"] == ["linear-prod_take"]
        taken = decoded(await browser.get(f"{base}/connections/linear-prod/tools"))["items"][1]
        accepted = decoded(
            await browser.post(f"{base}/tools/{taken['id']}/accept", {"definition_hash": taken["definition_hash"]})
        )
        assert accepted["state"] == "active"
        classified = decoded(await browser.patch(f"{base}/tools/{taken['id']}", {"operation_class": "read"}))
        assert classified["is_classified"]
        lines = decoded(await browser.get(f"{base}/tools"))["items"]
        assert (lines[1]["full_name"], lines[1]["operation_class"]) == ("linear-prod_take", "read")
        assert (lines[1]["connection"], lines[1]["summary"]) == ("linear-prod", "Changed.")

        assert (await browser.get(f"{base}/connections/linear-prod/log")).status_code == 409  # it does not run here
        off = decoded(await browser.patch(f"{base}/connections/linear-prod", {"is_enabled": False}))
        assert off["state"] == "DISABLED"
        assert decoded(await browser.get(f"{base}/tools"))["items"] == []
        assert decoded(await browser.get(f"{base}/connections/linear-prod/health"))["cause"] == "Ada disabled it."
        assert (await browser.delete(f"{base}/connections/linear-prod")).status_code == 204
        assert (await browser.get(f"{base}/connections/linear-prod")).status_code == 404


async def test_a_refusal_names_the_fields(product: Product) -> None:
    async with await signed_up(product, "ada@example.com") as browser:
        refused = await browser.post(
            f"{await _workspace(browser)}/connections", {"name": "A B", "url": "https://example.com/mcp"}
        )

        assert refused.status_code == 422
        assert refused.headers["content-type"].startswith("application/problem+json")
        assert refused.json()["errors"].keys() == {"name"}


async def test_the_gallery_is_searched_in_the_address(product: Product) -> None:
    async with await signed_up(product, "ada@example.com") as browser:
        base = await _workspace(browser)
        found = decoded(await browser.get(f"{base}/catalog", params={"search": "linear"}))
        observed = decoded(await browser.get(f"{base}/catalog", params={"category": "Observability"}))

        assert found["items"][0]["id"] == "linear"
        assert {entry["category"] for entry in observed["items"]} == {"Observability"}


async def _workspace(browser: Browser) -> str:
    session: dict[str, Any] = await browser.session()
    return f"/api/workspaces/{session['workspaces'][0]['slug']}"
