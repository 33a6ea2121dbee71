"""One product and one workspace for the folder, in which each test finds nothing yet."""

from collections.abc import AsyncIterator

import pytest

from conducktor.settings import Settings
from tests.budgets.lab import Lab, a_lab
from tests.product import Product, running_product
from tests.support.databases import copied

DEADLINE_S = 5.0  # far above what a busy machine needs for what tests do while a call is under way


@pytest.fixture(scope="package")
async def shared_settings(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Settings]:
    async with copied(postgres, template) as url:
        yield Settings(
            database_url=url,
            data_dir=tmp_path_factory.mktemp("budgets"),
            outbound_allow=("127.0.0.0/8",),
            worker="separate",
            call_deadline_s=DEADLINE_S,
        )


@pytest.fixture(scope="package")
async def product(shared_settings: Settings) -> AsyncIterator[Product]:
    async with running_product(shared_settings) as running:
        yield running


@pytest.fixture(scope="package")
async def only_lab(product: Product) -> AsyncIterator[Lab]:
    async with a_lab(product) as made:
        yield made


@pytest.fixture
async def lab(only_lab: Lab) -> Lab:
    await only_lab.clear()
    return only_lab
