from collections.abc import Iterator

import pytest

from tests.cli.installation import Installation
from tests.support.open_directory import open_directory


@pytest.fixture(scope="session")
def only_installation() -> Iterator[Installation]:
    with open_directory() as place:
        installation = Installation(place)
        yield installation
        installation.stop()


@pytest.fixture
def installation(only_installation: Installation) -> Installation:
    """A running one. A test may stop or kill it: the next one starts it again."""
    only_installation.ensure_running()
    return only_installation


@pytest.fixture
def stopped_installation(only_installation: Installation) -> Installation:
    only_installation.stop()
    return only_installation
