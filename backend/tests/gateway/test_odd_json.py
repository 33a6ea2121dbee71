"""What JSON leaves open, in arguments, in the rest of a request, and in answers. decision 11."""

import json
from collections.abc import AsyncIterator

import pytest

from tests.gateway.client import Client
from tests.gateway.mirror import Mirror
from tests.product import Browser, decoded

DEEP = 400
"""Levels that pass. The parser's own limit, about twice that, depends on where it is called."""


@pytest.fixture(scope="module")
async def mirror(ada: Browser) -> AsyncIterator[Mirror]:
    async with Mirror(modern=False) as server:
        wish = {"name": "odd", "url": server.url, "auth": "none"}
        assert decoded(await ada.post("/api/workspaces/lab/connections", wish))["state"] == "ACTIVE"
        server.says = '{"content":[]}'
        yield server


async def _send(client: Client, params: str) -> str:
    body = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"odd_echo",' + params + "}}"
    return (await client.send(body.encode())).text


@pytest.mark.parametrize(
    ("given", "heard"),
    [
        ('{"a":1,"a":2}', '{"a":2}'),
        ('{"a":{"b":1,"b":2}}', '{"a":{"b":2}}'),
        ('{"a":-0}', '{"a":0}'),
        ('{"a":-0.0}', '{"a":-0.0}'),
        ('{"a":1.0}', '{"a":1.0}'),
        ('{"a":1E2}', '{"a":100.0}'),
        ('{"a":1e-400}', '{"a":0.0}'),
        ('{"a":0.1000000000000000055511151231257827}', '{"a":0.1}'),
        ('{"a":9007199254740993}', '{"a":9007199254740993}'),
        ('{"a":123456789012345678901234567890}', '{"a":123456789012345678901234567890}'),
        ('{"a":"\\u00e9\\ud83d\\ude00\\u0000"}', '{"a":"é😀\\u0000"}'),
        ('{"a":' + "[" * DEEP + "]" * DEEP + "}", '{"a":' + "[" * DEEP + "]" * DEEP + "}"),
    ],
)
async def test_arguments_have_one_reading_which_is_what_the_service_gets(
    client: Client, mirror: Mirror, given: str, heard: str
) -> None:
    assert "error" not in json.loads(await _send(client, f'"arguments":{given}'))
    assert heard.encode() in mirror.raw


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ('{"a":1e400}', "out of range"),
        ('{"a":-1e400}', "out of range"),
        ('{"a":' + "9" * 5000 + "}", "out of range"),
        ('{"a":"\\ud83d"}', "half a surrogate pair"),
        ('{"a":"\\ude00\\ud83d"}', "half a surrogate pair"),
        ('{"a":' + "[" * 20_000 + "]" * 20_000 + "}", "nested too deeply"),
    ],
)
async def test_arguments_without_a_reading_are_refused_with_the_reason(
    client: Client, mirror: Mirror, given: str, why: str
) -> None:
    mirror.raw = b""
    error = json.loads(await _send(client, f'"arguments":{given}'))["error"]
    assert error["code"] in (-32602, -32700)
    assert why in error["message"]
    assert mirror.raw == b""


async def test_what_nobody_judges_passes_byte_for_byte(client: Client, mirror: Mirror) -> None:
    odd = '{"a":1,"a":2,"b":-0,"c":1e400,"d":1E2,"e":0.10,"f":"\\u00e9"}'
    await _send(client, f'"arguments":{{}},"_meta":{{"example.com/odd":{odd}}},"unheard":{odd}')
    assert mirror.raw.count(odd.encode()) == 2


@pytest.mark.parametrize("member", ["structuredContent", "content", "unheard"])
async def test_an_answer_passes_byte_for_byte(client: Client, mirror: Mirror, member: str) -> None:
    odd = '[{"a":1,"a":2},-0,-0.0,1e400,1E2,0.10,9007199254740993,"\\u00e9",' + "[" * DEEP + "]" * DEEP + "]"
    mirror.says = f'{{"{member}":{odd}}}'
    assert odd in await _send(client, '"arguments":{}')


async def test_half_a_surrogate_pair_of_a_service_becomes_the_replacement_character(client: Client, mirror: Mirror) -> None:
    mirror.says = '{"content":[{"type":"text","text":"a\\ud83d"}]}'
    assert json.loads(await _send(client, '"arguments":{}'))["result"]["content"][0]["text"] == "a\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("data", ["null", "1e400", '{"a":1,"a":2}', "-0", "[0.10]"])
async def test_the_data_of_an_error_passes_byte_for_byte(client: Client, mirror: Mirror, data: str) -> None:
    mirror.says, mirror.errs = f'{{"code":-32050,"message":"no","data":{data}}}', True
    try:
        assert f'"data":{data}}}' in await _send(client, '"arguments":{}')
    finally:
        mirror.says, mirror.errs = '{"content":[]}', False


@pytest.mark.parametrize("name", ["a\\u0000b", "\\u202e", "é", "x" * 10_000])
async def test_an_odd_name_is_unknown_and_harms_nobody(client: Client, mirror: Mirror, name: str) -> None:
    for method, field in (("tools/call", "name"), ("prompts/get", "name"), ("resources/read", "uri")):
        body = f'{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{"{field}":"{name}"}}}}'
        assert (await client.send(body.encode())).json()["error"]["code"] == -32602
    session = f'"arguments":{{}},"_meta":{{"openai/session":"{name}"}}'
    assert "error" not in json.loads(await _send(client, session))
