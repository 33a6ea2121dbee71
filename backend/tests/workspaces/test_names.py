import pytest

from conducktor.core.errors import Invalid
from conducktor.workspaces.names import clean_name, is_slug, slug_of


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Ada's Lab", "ada-s-lab"),
        ("  Ünïcode & Söhne  ", "unicode-sohne"),
        ("東京", "workspace"),
        ("--", "workspace"),
        ("x" * 60, "x" * 40),
        ("a" * 39 + " b", "a" * 39),
        ("İstanbul", "istanbul"),
    ],
)
def test_a_slug_is_plain_short_and_never_empty(name: str, slug: str) -> None:
    assert slug_of(name) == slug
    assert is_slug(slug)


@pytest.mark.parametrize("text", ["", "-a", "A", "a b", "a\n", "a\x00", "../a", "a" * 60, "ä"])
def test_what_is_no_slug_never_reaches_the_database(text: str) -> None:
    assert not is_slug(text)


@pytest.mark.parametrize("name", ["", " \t\n", "x" * 101, "a\x00b", "a\x1bb", "a\u202eb", "a\u2066b", "a\u2028b", "\ud800"])
def test_a_name_without_letters_or_with_invisible_tricks_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_name(name, field="name")
    assert list(refused.value.facts["errors"]) == ["name"]


def test_a_name_keeps_its_letters_and_loses_its_extra_space() -> None:
    assert clean_name("  Zo\u0065\u0308  O'Neill\t李 ", field="name") == "Zoë O'Neill 李"
