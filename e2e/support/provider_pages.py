"""What a person does on the pages of npm's `oidc-provider`, without a browser."""

import re
from urllib.parse import urljoin, urlsplit

import httpx

from e2e.support.people import Person

CALLBACK = "/oauth/connections/callback"


async def signed_in_there(address: str, login: str) -> str:
    """Any name, then Continue. The address to which they lead back."""
    async with httpx.AsyncClient(timeout=30) as http:
        answer = await http.get(address)
        while True:
            if "location" in answer.headers:
                address = urljoin(str(answer.url), answer.headers["location"])
                if CALLBACK in address:
                    return address
                answer = await http.get(address)
                continue
            form = re.search(r'action="([^"]+)".*?name="prompt" value="(\w+)"', answer.text, re.DOTALL)
            assert form, answer.text
            answer = await http.post(
                urljoin(str(answer.url), form[1]), data={"prompt": form[2], "login": login, "password": "any"}
            )


async def come_back(person: Person, address: str) -> str:
    """Where the product sends the person's browser then."""
    parts = urlsplit(address)
    return str((await person.browser.get(f"{parts.path}?{parts.query}")).headers["location"])


async def sign_in(person: Person, path: str, *, workspace: str) -> None:
    """The whole way; `path` begins it: `/connections/x/sign-in`, or with the person's own account."""
    begun = await person.ask("POST", path, workspace=workspace, json={})
    location = await come_back(person, await signed_in_there(begun["authorize_url"], person.name))
    assert location.endswith("sign_in=done"), location
