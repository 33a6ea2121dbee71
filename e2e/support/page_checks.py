"""What every page must be, whatever it shows: free of errors, usable by everybody, and no wider than the screen."""

import asyncio
from contextlib import suppress
from functools import cache
from pathlib import Path

from playwright.async_api import ConsoleMessage, Error, Locator, Page, ViewportSize, expect

AXE = Path(__file__).resolve().parents[1] / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
NARROW: ViewportSize = {"width": 390, "height": 844}
WIDE: ViewportSize = {"width": 1280, "height": 900}
READY_MS = 30_000
TRANSITIONS_OVER = """() => Promise.allSettled(
    document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished)
)"""

STICKS_OUT = """() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const all = [...document.body.querySelectorAll("*")];
    const wide = all.filter((one) => one.getBoundingClientRect().right > clientWidth + 1);
    return [`${scrollWidth} > ${clientWidth}`, ...wide.slice(0, 5).map((one) => one.outerHTML.slice(0, 200))];
}"""
LAID_OUT_WITHIN_S = 5.0
"""After the screen became another one."""


class Complaints:
    """What the browser complains of in one page: errors of scripts, failed requests, violations of the security policy."""

    def __init__(self, page: Page) -> None:
        self._heard: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", self._hear_error)

    def beside(self, *expected: str) -> list[str]:
        """Those that hold none of the given words."""
        return [complaint for complaint in self._heard if not any(words in complaint for words in expected)]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._heard.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _hear_error(self, error: Error) -> None:
        self._heard.append(f"uncaught: {error}")


async def ready(page: Page, title: str | None = None) -> None:
    """Wait until the page has its heading (the one that is given) and nothing stands for what is still being loaded."""
    heading = page.get_by_role("heading", level=1, name=title, exact=True) if title else page.get_by_role("heading", level=1)
    await expect(heading).to_be_visible(timeout=READY_MS)
    await expect(page.get_by_role("status", name="Loading")).to_have_count(0, timeout=READY_MS)


async def accessibility_faults(page: Page, **options: object) -> list[str]:
    """The serious and critical findings of axe, one line for each element. `options` are axe's own (`runOnly`, `rules`)."""
    # By the debugger, to which the page's content security policy does not apply.
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(_axe())
    await page.evaluate(TRANSITIONS_OVER)  # colours on their way from one theme to the other have no contrast of their own
    found = await page.evaluate("(options) => axe.run(document, { resultTypes: ['violations'], ...options })", options)
    return [
        f"{violation['id']} ({violation['impact']}): {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]


async def elements_beyond_the_screen(page: Page) -> list[str]:
    """Nothing once the page cannot be scrolled sideways; otherwise what sticks out, outermost first."""
    found: list[str] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(LAID_OUT_WITHIN_S):
            while found := await page.evaluate(STICKS_OUT):
                await asyncio.sleep(0.1)
    return found


async def assert_explained(button: Locator, *words: str) -> None:
    """A button that may not be pressed must say why."""
    await expect(button).to_be_disabled()
    description = await button.get_attribute("aria-description") or ""
    assert all(word in description for word in words), description


@cache
def _axe() -> str:
    return AXE.read_text()
