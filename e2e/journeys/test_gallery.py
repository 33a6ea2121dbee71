"""What an admin does in the gallery: import a service, and make a connection of a REST API's document."""

import json
from pathlib import Path

import yaml
from playwright.async_api import expect

from e2e.conftest import NewPage
from e2e.support.page_checks import accessibility_faults, ready
from e2e.support.people import Person
from tests.connections.openapi.described_server import DescribedServer

AIRFLOW = Path(__file__).parents[2] / "backend/tests/connections/openapi/documents/airflow-v1.yaml"
NOTES = {
    "name": "com.example/notes",
    "title": "Example notes",
    "description": "Keep notes.",
    "version": "1.0.0",
    "remotes": [{"type": "streamable-http", "url": "https://notes.example.com/mcp"}],
}


async def test_an_imported_service_is_found_in_the_gallery_and_can_be_hidden(
    new_page: NewPage, ada: Person, tmp_path: Path
) -> None:
    document = tmp_path / "server.json"
    document.write_text(json.dumps({"servers": [{"server": NOTES}, {"server": {"name": "com.example/broken"}}]}))
    page = await new_page(ada)
    await page.goto(f"/w/{ada.workspace}/connections/new")
    await page.get_by_role("link", name="Import services", exact=True).click()
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="Or a file").click()
    await (await chooser.value).set_files(document)
    await page.get_by_role("button", name="Import", exact=True).click()

    await expect(page.get_by_text("One service was imported")).to_be_visible()
    await expect(page.get_by_text("com.example/broken", exact=True)).to_be_visible()
    assert await accessibility_faults(page) == []
    await page.get_by_role("link", name="Connect Example notes", exact=True).click()
    await expect(page.get_by_role("heading", name="Imported by Ada", exact=True)).to_be_visible()

    await page.get_by_role("button", name="Hide from the gallery", exact=True).click()
    await expect(page.get_by_text("An admin hid this service", exact=True)).to_be_visible()
    await page.goto(f"/w/{ada.workspace}/connections/new?search=example+notes")
    await expect(page.get_by_text("No service matches “example notes”")).to_be_visible()
    await page.get_by_role("link", name="Hidden 1", exact=True).click()
    await expect(page.get_by_role("link", name="Example notes")).to_be_visible()


async def test_operations_of_a_document_become_tools(new_page: NewPage, ada: Person) -> None:
    async with DescribedServer(yaml.safe_load(AIRFLOW.read_text()), user="ada", password="open-sesame") as server:
        page = await new_page(ada)
        await page.goto(f"/w/{ada.workspace}/connections/new")
        await page.get_by_role("link", name="REST API").click()
        async with page.expect_file_chooser() as chooser:
            await page.get_by_role("button", name="Or a file").click()
        await (await chooser.value).set_files(AIRFLOW)
        await page.get_by_role("button", name="Read the document", exact=True).click()

        await expect(page.get_by_role("heading", name="Connect Airflow API (Stable)")).to_be_visible()
        await page.get_by_label("Search operations", exact=True).fill("pools")
        await page.get_by_role("button", name="Select all that read (2)", exact=True).click()
        await page.get_by_label("Select DELETE /pools/{pool_name}", exact=True).check()
        await expect(page.get_by_text("3 selected", exact=True)).to_be_visible()
        assert await accessibility_faults(page) == []
        await page.get_by_role("combobox", name="Address of the service").fill(server.url)
        await page.get_by_role("textbox", name="User name and password").fill("ada:open-sesame")
        await page.get_by_role("button", name="Connect 3 operations", exact=True).click()

        await ready(page)
        for tool in ("airflow_get_pools List pools", "airflow_get_pool Get a pool", "airflow_delete_pool Delete a pool"):
            await expect(page.get_by_role("link", name=tool, exact=True)).to_be_visible()
        await page.goto(f"{page.url}?tab=settings")
        await expect(page.get_by_role("heading", name="Operations that are tools", exact=True)).to_be_visible()
        await expect(page.get_by_text("3 selected", exact=True)).to_be_visible()
