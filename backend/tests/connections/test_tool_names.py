"""Names toward clients: attack catalogue E1, E2 and T22."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conducktor.connections.tool_names import check_connection_name, free_connection_name, full_names
from conducktor.core.errors import Invalid

ANY_NAME = st.text(min_size=1, max_size=100)
CONNECTION = st.from_regex(r"[a-z0-9][a-z0-9-]{0,39}", fullmatch=True)


def test_a_plain_name_gets_the_prefix_of_its_connection() -> None:
    assert full_names("linear-prod", ["search_issues"], {}) == {"search_issues": "linear-prod_search_issues"}


def test_foreign_characters_are_replaced() -> None:
    assert full_names("a", ["files/read.all"], {}) == {"files/read.all": "a_files_read_all"}


def test_lookalikes_are_told_apart_by_a_suffix_and_the_exact_one_keeps_its_name() -> None:
    names = full_names("a", ["read.file", "read_file", "read/file"], {})

    assert names["read_file"] == "a_read_file"
    assert len(set(names.values())) == 3
    assert re.fullmatch(r"a_read_file_[0-9a-f]{8}", names["read.file"])


def test_a_long_name_is_cut_and_stays_unique() -> None:
    first, second = "x" * 90 + "1", "x" * 90 + "2"
    names = full_names("a", [first, second], {})

    assert all(len(full) <= 64 for full in names.values())
    assert names[first] != names[second]


def test_a_name_once_given_stays_also_when_a_better_claimant_comes() -> None:
    kept = full_names("a", ["read.file"], {})
    names = full_names("a", ["read.file", "read_file"], kept)

    assert names["read.file"] == "a_read_file"
    assert names["read_file"].startswith("a_read_file_")


def test_a_name_that_is_gone_is_not_given_to_a_newcomer() -> None:
    assert full_names("a", ["read_file"], {"read.file": "a_read_file"})["read_file"] != "a_read_file"


def test_a_server_cannot_take_a_suffixed_name_that_it_guessed() -> None:
    suffixed = full_names("a", ["read.file", "read_file"], {})["read.file"]
    names = full_names("a", ["read.file", "read_file", suffixed.removeprefix("a_")], {})

    assert len(set(names.values())) == 3


@given(CONNECTION, st.lists(ANY_NAME, unique=True, max_size=8), st.randoms())
def test_names_are_unique_allowed_and_do_not_depend_on_the_order(connection: str, names: list[str], random: object) -> None:
    shuffled = list(names)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    full = full_names(connection, names, {})

    assert len(set(full.values())) == len(names)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in full.values())
    assert full == full_names(connection, shuffled, {})


@given(st.lists(CONNECTION, unique=True, min_size=2, max_size=2), st.lists(ANY_NAME, unique=True, max_size=5))
def test_two_connections_never_claim_the_same_name(connections: list[str], names: list[str]) -> None:
    one, two = (set(full_names(connection, names, {}).values()) for connection in connections)

    assert not one & two


@pytest.mark.parametrize(
    "name",
    [
        "",
        "A",
        "-a",
        "a_b",
        "a b",
        "a\n",
        "ä",
        "a" * 41,
        "conducktr",
        "conducktr-x",
        "conducktor",
        "toolsets",
        "new",
        "ａ",
        "a\u200b",
    ],
)
def test_a_connection_cannot_be_called(name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_connection_name(name)
    assert refusal.value.facts["errors"].keys() == {"name"}


@pytest.mark.parametrize("name", ["linear-prod", "7", "a" * 40, "search"])
def test_a_connection_may_be_called(name: str) -> None:
    check_connection_name(name)


def test_a_suggested_name_that_is_taken_gets_a_number() -> None:
    assert free_connection_name("linear", {"linear", "linear-2"}) == "linear-3"
    assert len(free_connection_name("x" * 40, {"x" * 40})) == 40
