"""Containers are configured by the same environment variables as everything else, and by nothing besides."""

import re
from pathlib import Path

import pytest

from conducktor.settings import VARIABLES

REPOSITORY = Path(__file__).parents[3]
KNOWN = {variable for variable, _ in VARIABLES.values()}


@pytest.mark.parametrize(
    "file", ["docker-compose.yml", "deploy/Dockerfile", "deploy/env.example", "deploy/Caddyfile", "Makefile"]
)
def test_every_variable_it_names_is_a_setting(file: str) -> None:
    named = set(re.findall(r"\b(?:CONDUCKTOR_[A-Z_]+|DATABASE_URL|QUEUE_URL)\b", (REPOSITORY / file).read_text()))

    assert named <= KNOWN


def test_every_file_the_image_is_made_of_is_there() -> None:
    dockerfile = (REPOSITORY / "deploy" / "Dockerfile").read_text()
    sources = re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE)

    assert sources
    for source in " ".join(sources).split():
        assert (REPOSITORY / source).exists(), source


def test_no_secret_has_a_default() -> None:
    compose = (REPOSITORY / "docker-compose.yml").read_text()

    assert "${POSTGRES_PASSWORD:?" in compose
    assert "${POSTGRES_PASSWORD:-" not in compose
    assert re.search(r"^POSTGRES_PASSWORD=$", (REPOSITORY / "deploy" / "env.example").read_text(), re.MULTILINE)
