"""What the gallery is filled from."""

import json
import re
from collections import Counter
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft7Validator

from conducktor.connections.catalog.document import OUR_META, read_document
from conducktor.connections.catalog.entry import Needs
from conducktor.connections.catalog.library import SANDBOX, Catalog
from conducktor.connections.states import Auth
from conducktor.core.errors import Invalid
from conducktor.settings import Settings
from tests.connections.server_schema import SERVER_SCHEMA

SHIPPED = {file.name: json.loads(file.read_text()) for file in (files("conducktor.connections.catalog") / "services").iterdir()}


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_shipped_entry_is_a_document_of_the_official_schema(name: str) -> None:
    document = SHIPPED[name]

    assert [error.message for error in Draft7Validator(SERVER_SCHEMA).iter_errors(document)] == []
    assert document["name"].rpartition("/")[2] == name.removesuffix(".json")
    assert set(document["_meta"]) == {OUR_META}
    assert all(remote["url"].startswith("https://") for remote in document["remotes"])


def test_all_services_are_there_with_what_they_need_and_what_is_doubtful() -> None:
    entries = Catalog(Settings(sandbox="off")).entries

    assert len(entries) == 183
    assert all(entry.auth_options and entry.unavailable_reason is None for entry in entries)
    assert Counter(entry.needs for entry in entries).keys() == {Needs.NOTHING, Needs.SIGN_IN, Needs.CLIENT, Needs.KEY}
    assert sum(bool(entry.doubts) for entry in entries) == 83
    by_id = {entry.id: entry for entry in entries}
    assert by_id["github"].needs is Needs.CLIENT
    assert by_id["linear"].needs is Needs.SIGN_IN
    assert by_id["context7"].needs is Needs.NOTHING
    assert by_id["razorpay"].auth_options == (Auth.BASIC,)
    assert (by_id["bright-data"].auth_options, by_id["bright-data"].key_name(Auth.QUERY)) == ((Auth.QUERY,), "token")


def test_what_is_told_of_a_service_is_for_people_and_says_nothing_of_where_we_read_it() -> None:
    told = {name: document["_meta"][OUR_META].get("notes") or "" for name, document in SHIPPED.items()}
    ours = re.compile(r"README|awesome|catalogue|probe|source|one author|DCR|CIMD|vendor", re.IGNORECASE)
    assert {name: found[0] for name, note in told.items() if (found := ours.search(note))} == {}


def test_a_service_with_several_addresses_is_reached_at_the_chosen_one() -> None:
    databricks = Catalog(Settings()).find("databricks-genie")
    assert databricks is not None

    functions = {"workspace_host": "dbc.cloud.databricks.com", "catalog": "main", "schema": "tools"}
    assert databricks.address(functions, 1) == "https://dbc.cloud.databricks.com/api/2.0/mcp/functions/main/tools"
    with pytest.raises(Invalid) as refusal:
        databricks.address({}, 9)
    assert refusal.value.facts["errors"].keys() == {"remote"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "no-namespace"}, "name"),
        ({"description": ""}, "description"),
        ({"description": "x" * 101}, "description"),
        ({"remotes": []}, "names no remote server"),
        ({"remotes": [], "packages": [{"registryType": "npm"}]}, "installed as a program"),
        ({"remotes": [{"type": "stdio", "url": "https://example.com"}]}, "type “stdio” is not known"),
        ({"remotes": [{"type": "sse", "url": "ftp://example.com"}]}, "not the address"),
        ({"remotes": [{"type": "sse"}]}, "url"),
        ({"version": 3}, "version"),
    ],
)
def test_what_is_wrong_with_a_document_is_said(change: dict[str, Any], said: str) -> None:
    document = {
        "name": "com.example/notes",
        "description": "Notes.",
        "version": "1.0.0",
        "remotes": [{"type": "streamable-http", "url": "https://mcp.example.com/mcp"}],
    }

    with pytest.raises(Invalid, match=re.escape(said)):
        read_document(json.dumps(document | change).encode())


def test_the_sandbox_stands_first_and_is_not_doubted() -> None:
    catalog = Catalog(Settings(sandbox="on", sandbox_port=8081))

    first = catalog.entries[:3]
    assert {entry.additions.category for entry in first} == {SANDBOX}
    assert all(not entry.doubts and entry.needs is Needs.NOTHING for entry in first)
    assert next(iter(catalog.categories())) == SANDBOX
    assert first[0].remote.url == "http://127.0.0.1:8081/issue-tracker/mcp"


def test_without_the_sandbox_nothing_of_it_is_offered() -> None:
    catalog = Catalog(Settings(sandbox="off"))

    assert SANDBOX not in catalog.categories()
    assert catalog.find("sandbox-issue-tracker") is None
