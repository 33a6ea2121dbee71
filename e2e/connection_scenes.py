"""Pictures of connections, of the gallery where they are found, and of toolsets."""

from pathlib import Path

from playwright.async_api import Page, Route

from e2e.scene import Scene, is_data, press_link, troubled
from e2e.support.showcase import CHANGED, DIED

DOCUMENTS = Path(__file__).parents[1] / "backend/tests/connections/openapi"


def connection_scenes(full: str, empty: str) -> list[Scene]:
    return [*_connections(full, empty), *_toolsets(full, empty)]


def _connections(full: str, empty: str) -> list[Scene]:
    list_, linear = f"{full}/connections", f"{full}/connections/linear-prod"
    return [
        Scene(name="connections", path=list_),
        Scene(name="connections-many", path=list_, before=_sixty_connections),
        Scene(name="connections-needing-attention", path=f"{list_}?state=attention"),
        Scene(name="connections-empty", path=f"{empty}/connections"),
        *troubled("connections", list_),
        Scene(name="connections-of-contractor", path=list_, who="contractor"),
        Scene(name="gallery", path=f"{list_}/new"),
        Scene(name="gallery-needs-client", path=f"{list_}/new?needs=client"),
        Scene(name="import-services", path=f"{list_}/new/import"),
        Scene(name="import-services-refused", path=f"{list_}/new/import", act=_import_from_nowhere),
        Scene(name="new-api", path=f"{list_}/new/api"),
        Scene(name="new-api-operations", path=f"{list_}/new/api", act=_choose_operations),
        Scene(name="new-api-sign-in", path=f"{list_}/new/api", act=_sign_in_by_document),
        Scene(name="gallery-none-found", path=f"{list_}/new?search=teapot"),
        Scene(name="new-connection", path=f"{list_}/new/github"),
        Scene(name="new-connection-custom", path=f"{list_}/new/custom"),
        Scene(name="connection", path=linear),
        Scene(name="connection-tool", path=linear, act=press_link("create_issue")),
        Scene(name="connection-calls", path=f"{linear}?tab=calls"),
        Scene(name="connection-health", path=f"{linear}?tab=health"),
        Scene(name="connection-about", path=f"{linear}?tab=about"),
        Scene(name="connection-settings", path=f"{linear}?tab=settings"),
        *troubled("connection", linear),
        Scene(name="connection-down", path=f"{list_}/{DIED}"),
        Scene(name="connection-changed", path=f"{list_}/{CHANGED}"),
        Scene(name="connection-changed-tool", path=f"{list_}/{CHANGED}", act=press_link("move_stock")),
        Scene(name="connection-without-key", path=f"{list_}/github-cloud"),
        Scene(name="connection-disabled", path=f"{list_}/staging-tracker"),
    ]


def _toolsets(full: str, empty: str) -> list[Scene]:
    list_ = f"{full}/toolsets"
    return [
        Scene(name="toolsets", path=list_),
        Scene(name="toolsets-empty", path=f"{empty}/toolsets"),
        *troubled("toolsets", list_),
        Scene(name="toolset", path=f"{list_}/triage"),
        Scene(name="toolset-of-contractor", path=f"{list_}/triage", who="contractor"),
        Scene(name="toolset-new", path=f"{list_}/new"),
    ]


async def _import_from_nowhere(page: Page) -> None:
    await page.get_by_role("textbox", name="Address of the document").fill("https://nowhere.example.com/server.json")
    await page.get_by_role("button", name="Import", exact=True).click()
    await page.get_by_role("alert").wait_for()


async def _choose_operations(page: Page) -> None:
    await _read_document(page, "documents/airflow-v1.yaml")


async def _sign_in_by_document(page: Page) -> None:
    await _read_document(page, "things-oauth.yaml")
    await page.get_by_role("button", name="Connect 1 operation").scroll_into_view_if_needed()


async def _read_document(page: Page, name: str) -> None:
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="Or a file").click()
    await (await chooser.value).set_files(DOCUMENTS / name)
    await page.get_by_role("button", name="Read the document").click()
    await page.get_by_role("button", name="Select all that read").click()


async def _sixty_connections(page: Page) -> None:
    """Sixty of the first one, five of them down."""

    async def multiply(route: Route) -> None:
        items = (await (await route.fetch()).json())["items"]
        well, down = (next(item for item in items if item["state"] == state) for state in ("ACTIVE", "ERROR"))
        names = {"id": "00000000-0000-7000-8000-0000000000{0:02}", "name": "service-{0:02}", "title": "Service {0:02}"}
        many = [
            (down if number % 12 == 7 else well) | {field: form.format(number) for field, form in names.items()}
            for number in range(60)
        ]
        await route.fulfill(json={"items": many})

    await page.route(lambda url: is_data(url) and url.endswith("/connections"), multiply)
