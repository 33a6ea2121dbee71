"""Documents as they come: what is refused, and what becomes of parameters and schemas."""

import json
from typing import Any

import msgspec
import pytest

from conducktor.connections.openapi.document import read_api
from conducktor.connections.openapi.oauth_scheme import NamedEndpoints, oauth_scheme
from conducktor.connections.openapi.reading import Described, described
from conducktor.connections.openapi.request import UnfitArguments, prepare
from conducktor.connections.openapi.security import security_options, servers
from conducktor.connections.states import Auth
from conducktor.core.errors import Invalid


def document(paths: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": paths} | more).encode()


def only(operation: dict[str, Any], path: str = "/x", method: str = "get", **more: Any) -> Described:
    (found,) = described(read_api(document({path: {method: operation}}, **more)))
    return found


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 10)}]\n" for i in range(8)
)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not an OpenAPI document"),
        (b"[]", "not an OpenAPI document"),
        (b"{", "not valid JSON"),
        (b"a: [", "neither valid JSON nor valid YAML (line"),
        (b"swagger: '2.0'", "Swagger 2.0"),
        (b"openapi: 4.0.0", "not an OpenAPI 3.0 or 3.1"),
        (b"openapi: 3.0.0", "no “paths”"),
        (b"openapi: 3.0.0\npaths: {}", "no operations"),
        (b"openapi: 3.0.0\npaths: {}\n" + BOMB.encode(), "too large or nested too deeply"),
        (b'{"openapi": "3.0.0", "paths": {}, "x": ' + b"[" * 200 + b"]" * 200 + b"}", "nested too deeply"),
        (b"openapi: 3.0.0\npaths: !!python/object/apply:os.system ['true']", "neither valid JSON nor valid YAML"),
        (b"x" * 17_000_000, "larger than 16 MB"),
        (b"#" * 5_000_000, "in YAML may have up to 4 MB"),
    ],
    ids=range(13),
)
def test_what_is_no_usable_document_is_refused_in_words(body: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said.replace("(", r"\(")) as refused:
        described(read_api(body))
    assert refused.value.next_step, "what to do stands in every refusal"


def test_yaml_keeps_its_words_and_its_numbers_as_keys() -> None:
    body = b"openapi: 3.1.0\npaths:\n  /x:\n    get:\n      responses: {200: {}}\n      tags: [on, 2024-01-01]\n"

    (operation,) = described(read_api(body))
    assert operation.tags == ("on", "2024-01-01")


@pytest.mark.parametrize(
    ("operation", "path", "said"),
    [
        ({"parameters": [{"$ref": "https://example.com/p.json"}]}, "/x", "never fetches"),
        ({"parameters": [{"$ref": "#/components/parameters/none"}]}, "/x", "does not contain"),
        ({"parameters": [{"$ref": "#/paths/~1x/post/parameters/0"}]}, "/x", "circle"),
        ({}, "/x/{id}", "blank that the document does not describe"),
        ({}, "/x/../y", "not a plain one"),
        ({}, "/x?y=z", "not a plain one"),
        ({"requestBody": {"content": {"multipart/form-data": {}}}}, "/x", "cannot be written in"),
        ({"parameters": [{"name": "q", "in": "query", "style": "simple", "schema": {}}]}, "/x", "style"),
        ({"parameters": [{"name": "q", "in": "query"}]}, "/x", "not described"),
    ],
)
def test_an_operation_that_cannot_be_a_tool_says_why(operation: dict[str, Any], path: str, said: str) -> None:
    found = only(operation, path, "post")

    assert found.refusal is not None
    assert said in found.refusal
    assert found.recipe is None


@pytest.mark.parametrize(
    ("parameter", "value", "target"),
    [
        ({"in": "query", "style": "form"}, ["a", "b"], "/x?p=a&p=b"),
        ({"in": "query", "style": "form", "explode": False}, ["a", "b"], "/x?p=a,b"),
        ({"in": "query", "style": "form"}, {"R": 100, "G": True}, "/x?R=100&G=true"),
        ({"in": "query", "style": "form", "explode": False}, {"R": 100}, "/x?p=R,100"),
        ({"in": "query", "style": "spaceDelimited", "explode": False}, ["a", "b"], "/x?p=a%20b"),
        ({"in": "query", "style": "pipeDelimited", "explode": False}, ["a", "b"], "/x?p=a%7Cb"),
        ({"in": "query", "style": "deepObject", "explode": True}, {"a": 1, "b": "c&d"}, "/x?p%5Ba%5D=1&p%5Bb%5D=c%26d"),
        ({"in": "query", "content": {"application/json": {"schema": {}}}}, {"a": [1]}, "/x?p=%7B%22a%22%3A%5B1%5D%7D"),
        ({"in": "query"}, [], "/x"),
        ({"in": "query"}, "a+b ü", "/x?p=a%2Bb%20%C3%BC"),
        ({"in": "path"}, ["a", "b"], "/x/a,b"),
        ({"in": "path"}, {"a": 1}, "/x/a,1"),
        ({"in": "path", "explode": True}, {"a": 1}, "/x/a=1"),
        ({"in": "path", "style": "label"}, ["a", "b"], "/x/.a,b"),
        ({"in": "path", "style": "label", "explode": True}, ["a", "b"], "/x/.a.b"),
        ({"in": "path", "style": "matrix"}, ["a", "b"], "/x/;p=a,b"),
        ({"in": "path", "style": "matrix", "explode": True}, ["a", "b"], "/x/;p=a;p=b"),
    ],
)
def test_parameters_are_written_in_their_style(parameter: dict[str, Any], value: Any, target: str) -> None:
    schema: dict[str, Any] = {} if "content" in parameter else {"schema": {}}
    found = only({"parameters": [{"name": "p", **schema, **parameter}]}, "/x/{p}" if parameter["in"] == "path" else "/x")
    assert found.recipe is not None, found.refusal

    assert prepare(found.recipe, msgspec.Raw(json.dumps({"p": value}).encode())).target == target


def test_headers_and_cookies_carry_only_what_they_can() -> None:
    names = [("X-Trace", "header"), ("Authorization", "header"), ("lang", "cookie")]
    found = only({"parameters": [{"name": name, "in": place, "schema": {"type": "string"}} for name, place in names]})
    assert found.recipe is not None
    prepared = prepare(found.recipe, msgspec.Raw(b'{"X-Trace":"a","lang":"en; x=y"}'))

    assert prepared.headers == {"Accept": "application/json, */*;q=0.5", "X-Trace": "a", "Cookie": "lang=en%3B%20x%3Dy"}
    for arguments in (b'{"X-Trace":"a\\r\\nX-Admin: 1"}', b'{"Authorization":"Bearer x"}'):
        with pytest.raises(UnfitArguments):
            prepare(found.recipe, msgspec.Raw(arguments))


def test_bodies_keep_their_bytes_and_names_that_meet_are_told_apart() -> None:
    parameters = [
        {"name": name, "in": place, "schema": {}, "required": True} for name, place in (("id", "path"), ("id", "query"))
    ]
    parameters.append({"name": "body", "in": "query", "schema": {}})
    content = {"application/merge-patch+json": {"schema": {"type": "object"}}}
    found = only({"parameters": parameters, "requestBody": {"content": content, "required": True}}, "/x/{id}", "patch")
    assert found.recipe is not None

    given = b'{"id":1,"id_query":2,"body_json":{"n":1.50,"big":12345678901234567890}}'
    prepared = prepare(found.recipe, msgspec.Raw(given))
    assert (prepared.target, prepared.body) == ("/x/1?id=2", b'{"n":1.50,"big":12345678901234567890}')
    assert prepared.headers["Content-Type"] == "application/merge-patch+json"


def test_schemas_lose_what_only_openapi_knows() -> None:
    node = {
        "type": "object",
        "properties": {"child": {"$ref": "#/components/schemas/Node"}, "id": {"type": "string", "readOnly": True}},
    }
    node |= {"required": ["id", "size"], "discriminator": {"propertyName": "id"}, "example": {}}
    node["properties"]["size"] = {"type": "integer", "nullable": True, "minimum": 0, "exclusiveMinimum": True}  # type: ignore[index]
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}}}
    found = only({"requestBody": body}, method="post", components={"schemas": {"Node": node}})
    assert found.definition is not None

    assert found.definition["inputSchema"]["properties"]["body"] == {
        "type": "object",
        "properties": {"child": {}, "size": {"type": ["integer", "null"], "exclusiveMinimum": 0}},
        "required": ["size"],
    }


def test_a_huge_schema_becomes_one_that_clients_take() -> None:
    wide = {f"field_{i}": {"type": "string", "description": "Words. " * 20} for i in range(40)}
    deep: dict[str, Any] = {"type": "object", "properties": wide}
    for _ in range(3):
        deep = {"type": "object", "properties": {f"part_{i}": deep for i in range(6)}}
    found = only({"requestBody": {"content": {"application/json": {"schema": deep}}}}, method="post")
    assert found.definition is not None

    schema = found.definition["inputSchema"]
    assert len(json.dumps(schema)) < 20_000
    assert set(schema["properties"]["body"]["properties"]) == {f"part_{i}" for i in range(6)}


def test_scopes_are_those_of_the_chosen_operations_and_the_first_scheme_that_people_can_use_counts() -> None:
    flow = {"authorizationUrl": "/authorize", "tokenUrl": "/token", "scopes": {"read": "", "offline_access": ""}}
    schemes: dict[str, Any] = {
        "machine": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/token", "scopes": {}}}},
        "half": {"type": "oauth2", "flows": {"authorizationCode": {"tokenUrl": "/token"}}},
        "people": {"type": "oauth2", "flows": {"authorizationCode": flow}},
        "others": {"type": "openIdConnect", "openIdConnectUrl": "https://id.example.com/.well-known/openid-configuration"},
    }
    read, write = {"people": ["read"]}, {"people": ["write", 'a"b', 7, ""]}
    paths = {
        "/own": {"get": {"security": [{"machine": []}, write]}},
        "/all": {"get": {}},
        "/open": {"get": {"security": [{}]}},
    }
    api = read_api(document(paths, components={"securitySchemes": schemes}, security=[{"machine": []}, read]))

    scheme = oauth_scheme(api)
    assert scheme is not None
    assert scheme.name == "people"
    assert [scheme.of_operation(api, path, "GET") for path in paths] == [("write",), ("read",), ()]
    assert scheme.asking(["read", "write", "read"]) == NamedEndpoints(
        authorization_url="/authorize", token_url="/token", scopes=("read", "write", "offline_access")
    )
    assert scheme.asking([]).scopes == ()


def test_the_ways_to_sign_in_and_the_addresses_are_those_of_the_document() -> None:
    schemes = {
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "address": {"type": "apiKey", "in": "query", "name": "api_key"},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "session"},
        "basic": {"type": "http", "scheme": "Basic"},
        "oauth": {"type": "oauth2", "flows": {}},
    }
    named = [{"url": "https://{region}.example.com/v1/", "variables": {"region": {"default": "eu"}}}, {"url": "/v1"}]
    api = read_api(document({}, components={"securitySchemes": schemes}, security=[{"basic": []}], servers=named))

    options = [(option.auth, option.key_name) for option in security_options(api)]
    assert options == [
        (Auth.BASIC, None),
        (Auth.HEADER, "X-Key"),
        (Auth.QUERY, "api_key"),
        (Auth.BEARER, None),
        (Auth.NONE, None),
    ]
    assert servers(api) == ["https://eu.example.com/v1"]
