"""Streams may be cut anywhere and may be hostile; the parser keeps its bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conducktor.infra.http_errors import BrokenResponse, TooLarge
from conducktor.infra.server_sent_events import Event, EventParser


def parse(*chunks: bytes, max_event_bytes: int = 1000) -> list[Event]:
    parser = EventParser(max_event_bytes=max_event_bytes)
    return [event for chunk in chunks for event in parser.feed(chunk)]


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: x\n\n", [("message", b"x")]),
        (b"data:x\r\r", [("message", b"x")]),
        (b"event: endpoint\r\ndata: /messages\r\n\r\n", [("endpoint", b"/messages")]),
        (b"data: a\ndata: b\ndata:\ndata\ndata:  c\n\n", [("message", b"a\nb\n\n\n c")]),
        (b"\xef\xbb\xbfdata: x\n\n", [("message", b"x")]),
        (b": ping\n\n: ping\n\ndata: x\n\n", [("message", b"x")]),
        (b"id: 1\nretry: 5\nevent: priming\n\ndata: x\n\n", [("message", b"x")]),
        (b"data:\n\ndata: \n\nevent: only\n\n", []),
        (b"database: no\nDATA: no\n data: no\nunknown\n\n", []),
        (b"data: x", []),
        (b"data: x\n", []),
        ("data: ü€😀\n\n".encode(), [("message", "ü€😀".encode())]),
    ],
)
def test_streams_read_as_the_standard_says_however_they_are_cut(stream: bytes, events: list[tuple[str, bytes]]) -> None:
    expected = [Event(name, data) for name, data in events]
    assert parse(stream) == expected
    assert parse(*(stream[i : i + 1] for i in range(len(stream)))) == expected
    for cut in range(len(stream)):
        assert parse(stream[:cut], b"", stream[cut:]) == expected


def test_an_endless_comment_ends_at_the_limit() -> None:
    with pytest.raises(TooLarge):
        parse(b":", *([b"x" * 100] * 20))


def test_an_endless_line_and_an_endless_event_end_at_the_limit() -> None:
    with pytest.raises(TooLarge):
        parse(b"data: ", *([b"x" * 100] * 20))
    with pytest.raises(TooLarge):
        parse(*([b"data: " + b"x" * 100 + b"\n"] * 20))
    with pytest.raises(TooLarge):
        parse(*([b"data\n"] * 1001))


def test_many_small_comments_and_events_are_no_large_one() -> None:
    assert len(parse(*([b": ping\n\ndata: x\n\n"] * 1000))) == 1000


def test_data_that_are_not_utf_8_are_refused() -> None:
    with pytest.raises(BrokenResponse):
        parse(b"data: \xff\xfe\n\n")
    with pytest.raises(BrokenResponse):
        parse(b"event: \xff\ndata: x\n\n")


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_no_input_raises_anything_else_or_is_held_beyond_the_limit(chunks: list[bytes]) -> None:
    try:
        events = parse(*chunks, max_event_bytes=64)
    except (TooLarge, BrokenResponse):
        return
    assert all(event.data and len(event.data) <= 64 for event in events)
    try:
        whole = parse(b"".join(chunks), max_event_bytes=64)
    except (TooLarge, BrokenResponse):
        return
    assert events == whole
