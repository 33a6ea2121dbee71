import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.installation import Installation


@pytest.fixture(scope="session")
def only_installation() -> Iterator[Installation]:
    place = Path(tempfile.mkdtemp(prefix="conducktor-test-"))
    place.chmod(0o755)  # as root, the database's account passes through
    installation = Installation(place)
    yield installation
    installation.stop()
    shutil.rmtree(place)


@pytest.fixture
def installation(only_installation: Installation) -> Installation:
    """A running one. A test may stop or kill it: the next one starts it again."""
    only_installation.ensure_running()
    return only_installation


@pytest.fixture
def stopped_installation(only_installation: Installation) -> Installation:
    only_installation.stop()
    return only_installation
