"""What must hold for every operation, route, refusal and setting, whoever adds one."""

from pathlib import Path

import msgspec
import pytest
from litestar import Litestar
from litestar.handlers import ASGIRouteHandler, HTTPRouteHandler

from conducktor.app import create_app, describe
from conducktor.core.actor import Permission
from conducktor.core.errors import Kind
from conducktor.core.operation import Operation
from conducktor.edges import mcp_errors, problems
from conducktor.edges.catalog import OPERATIONS
from conducktor.edges.management_mcp import input_schema
from conducktor.settings import VARIABLES, Settings, load

OPEN_TO = {"public", "account", "client"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Litestar:
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    return create_app(Settings(database_url=nowhere, data_dir=tmp_path_factory.mktemp("app")))


def test_every_route_declares_who_may_use_it(app: Litestar) -> None:
    handlers = {h for route in app.routes for h in getattr(route, "route_handlers", [getattr(route, "route_handler", None)]) if h}
    undeclared = [
        str(h)
        for h in handlers
        if isinstance(h, HTTPRouteHandler | ASGIRouteHandler)
        and h.opt.get("permission") not in OPEN_TO | {p.value for p in Permission}
        and not (isinstance(h, HTTPRouteHandler) and h.http_methods == {"OPTIONS"})
    ]
    assert undeclared == []


def test_every_kind_of_refusal_is_translated_at_every_edge() -> None:
    assert set(problems.STATUS) == set(Kind)
    assert set(mcp_errors.TABLE) == set(Kind)


def test_every_setting_is_explained_and_has_a_variable_of_its_own() -> None:
    assert set(VARIABLES) == {field.name for field in msgspec.structs.fields(Settings)}
    assert len({variable for variable, _ in VARIABLES.values()}) == len(VARIABLES)
    assert all(meaning.endswith(".") for _, meaning in VARIABLES.values())


def test_defaults_are_enough_to_start() -> None:
    assert load({}) == Settings()


@pytest.mark.parametrize("declared", OPERATIONS, ids=lambda o: o.name)
def test_an_operation_says_what_it_does_and_what_it_is_called(declared: Operation) -> None:
    assert declared.summary.endswith(".")
    assert declared.web_only or declared.tool
    assert (declared.tool or "conducktr_x").startswith("conducktr_")


@pytest.mark.parametrize("declared", [o for o in OPERATIONS if o.tool], ids=lambda o: o.name)
def test_a_management_tool_has_a_schema_that_chatgpt_accepts(declared: Operation) -> None:
    schema = input_schema(declared.data_type)
    assert schema["type"] == "object"
    assert not {"anyOf", "oneOf", "allOf", "$ref"} & schema.keys()
    text = msgspec.json.encode(schema).decode()
    assert "$ref" not in text
    assert '"null"' not in text
    assert len(text) < 5000


@pytest.mark.parametrize("declared", [o for o in OPERATIONS if o.tool], ids=lambda o: o.name)
def test_a_management_tool_answers_with_an_object(declared: Operation) -> None:
    """`structuredContent` must be one in every revision before 2026-07-28."""
    assert declared.result_type is type(None) or issubclass(declared.result_type, msgspec.Struct)


def test_the_document_that_the_web_application_was_generated_from_is_up_to_date() -> None:
    written = Path(__file__).resolve().parents[3] / "frontend" / "openapi.json"
    assert describe() == written.read_text(), "run: make api"


def test_the_repository_names_no_registry_and_no_machine() -> None:
    root = Path(__file__).resolve().parents[3]
    locks = [root / "requirements.lock", root / "requirements-dev.lock", root / "frontend" / "package-lock.json"]
    assert all('"resolved"' not in lock.read_text() and "--index-url" not in lock.read_text() for lock in locks)
