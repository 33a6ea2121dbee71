"""Conducktor dies and comes back: ChatGPT and people go on as if nothing had happened."""

import signal

from e2e.support.chatgpt import ChatGpt
from e2e.support.people import Person
from e2e.support.product import Product


async def test_chatgpt_and_people_go_on_after_a_kill_minus_9(product: Product, ada: Person) -> None:
    await ada.connect(service="sandbox-issue-tracker")
    async with ChatGpt(product.endpoint) as chatgpt:
        await chatgpt.connect(ada)
        created = await chatgpt.call("linear-prod_create_issue", title="Survives")
        names = await chatgpt.tool_names()
        assert (await ada.audited("create_issue"))["outcome"] == "ok"  # entries come before the call, outcomes moments after

        await product.stop(signal.SIGKILL)
        await product.boot()

        assert await chatgpt.tool_names() == names
        found = await chatgpt.call("linear-prod_search_issues", query="survives")
        assert [issue["id"] for issue in found["structuredContent"]["issues"]] == [created["structuredContent"]["id"]]
        assert (await chatgpt.refresh()).status_code == 200
    assert (await ada.audited("search_issues"))["outcome"] == "ok"
    page = await ada.ask("GET", "/audit", params={"kind": "call"})
    assert [line["tool"] for line in page["items"]] == ["search_issues", "create_issue"]
    assert {line["outcome"] for line in page["items"]} == {"ok"}
