"""Every operation × every role × own and foreign workspace, generated from the catalog."""

import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import msgspec
import pytest

from conducktor.core.operation import Operation
from conducktor.edges.catalog import OPERATIONS
from conducktor.settings import Settings
from conducktor.workspaces.roles import PERMISSIONS, Role
from tests.product import Browser, Product, decoded, running_product, signed_up
from tests.support.databases import copied


@pytest.fixture(scope="module")
async def product(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    async with copied(postgres, template) as url:
        settings = Settings(database_url=url, data_dir=tmp_path_factory.mktemp("tenancy"), worker="separate")
        async with running_product(settings) as running:
            yield running


@pytest.fixture(scope="module")
async def people(product: Product) -> AsyncIterator[dict[Role | None, Browser]]:
    """One browser for each role in the workspace `lab`, and under None somebody of another workspace."""
    browsers: dict[Role | None, Browser] = {Role.OWNER: await signed_up(product, "owner@example.com")}
    for role in (Role.ADMIN, Role.MEMBER, Role.CONTRACTOR):
        email = f"{role.value}@example.com"
        wish = {"email": email, "role": role.value}
        invited = decoded(await browsers[Role.OWNER].post("/api/workspaces/lab/invitations", wish))
        browsers[role] = await signed_up(product, email, workspace_name=f"Of {role.value}")
        token = parse_qs(urlsplit(invited["link"]).query)["token"][0]
        decoded(await browsers[role].post("/api/invitations/accept", {"token": token}))
    browsers[None] = await signed_up(product, "stranger@example.com", workspace_name="Elsewhere")
    yield browsers
    for browser in browsers.values():
        await browser.__aexit__()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: o.name)
async def test_a_foreign_workspace_does_not_exist(people: dict[Role | None, Browser], operation: Operation) -> None:
    foreign = await people[None].request(operation.method, _path(operation, "lab"), **_input(operation))
    unknown = await people[None].request(operation.method, _path(operation, "no-such-workspace"), **_input(operation))
    assert foreign.status_code == 404
    assert decoded_problem(foreign) == decoded_problem(unknown)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: o.name)
async def test_a_role_may_do_what_its_permissions_say_and_nothing_else(
    people: dict[Role | None, Browser], operation: Operation, role: Role
) -> None:
    answer = await people[role].request(operation.method, _path(operation, "lab"), **_input(operation))
    if operation.permission in PERMISSIONS[role]:
        assert answer.status_code not in (401, 403), answer.text
        assert answer.status_code < 500, answer.text
    else:
        assert answer.status_code == 403
        assert answer.json()["facts"]["permission"] == operation.permission.value


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: o.name)
async def test_nobody_reaches_an_operation_without_signing_in(product: Product, operation: Operation) -> None:
    async with Browser(product.url) as nobody:
        answer = await nobody.request(operation.method, _path(operation, "lab"), **_input(operation))
    assert answer.status_code == 401


async def test_an_id_of_another_workspace_is_as_unknown_as_one_that_never_was(people: dict[Role | None, Browser]) -> None:
    stranger = people[None]
    decoded(await stranger.patch("/api/workspaces/elsewhere/settings", {"name": "Elsewhere still"}))
    entry = decoded(await stranger.get("/api/workspaces/elsewhere/audit"))["items"][0]["id"]

    theirs = await people[Role.OWNER].get(f"/api/workspaces/lab/audit/{entry}")
    never = await people[Role.OWNER].get(f"/api/workspaces/lab/audit/{uuid4()}")
    assert theirs.status_code == never.status_code == 404
    assert decoded_problem(theirs) == decoded_problem(never)


def decoded_problem(answer: object) -> tuple[str, str]:
    problem = answer.json()  # type: ignore[attr-defined]
    return problem["code"], problem["detail"]


def _path(operation: Operation, workspace: str) -> str:
    fields = {f.name: f.type for f in msgspec.structs.fields(operation.data_type)}
    filled = re.sub(r"{(\w+)}", lambda m: "never-was" if fields[m[1]] is str else str(uuid4()), operation.path)
    return f"/api/workspaces/{workspace}{filled}"


def _input(operation: Operation) -> dict[str, Any]:
    """A body that has every required field, and nothing that exists."""
    in_path = re.findall(r"{(\w+)}", operation.path)
    rest = [f for f in msgspec.structs.fields(operation.data_type) if f.name not in in_path]
    if operation.method in ("GET", "DELETE") or not rest:
        return {}
    required = [f for f in rest if f.required]
    return {"json": {f.name: _EXAMPLES.get(f.name, "never-was") for f in required}}


_EXAMPLES = {
    "email": "somebody@example.com",
    "role": "contractor",
    "definition_hash": "00" * 32,
    "is_hidden": True,
    "name": "A name",
    "operation_class": "read",
    "tool_ids": [],
    "tools": [],
    "title": "A title",
    "description": "A description.",
    "is_enabled": True,
    "policy_ids": [],
    "decision": "approve",
    "approval_ids": [],
    "happened": True,
    "topics": ["approvals"],
    "kind": "email",
    "limit_micro_usd": 1_000_000_000,
    "basis": "free",
    "operations": ["GET /x"],
}
