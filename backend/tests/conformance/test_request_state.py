"""How long a `requestState` is good for; the rest of its rules is shown where upstreams ask (`test_protocol_asking.py`)."""

import msgspec
import pytest

from conducktor.core.clock import utc_now
from conducktor.gateway.request_state import LASTS, BadRequestState, RequestStates
from tests.conformance.requirements import requirement
from tests.policies.test_decide import CALL
from tests.product import Product


@requirement("mrtr.state-expiry")
async def test_a_request_state_expires(product: Product) -> None:
    now = utc_now()
    states = RequestStates(product.parts.database, product.parts.key_ring, lambda: now)
    sealed = [
        msgspec.json.decode(states.seal(CALL, {"requestState": msgspec.Raw(b'"theirs"')}), type=dict[str, msgspec.Raw])
        for _ in range(2)
    ]

    now += LASTS / 2
    assert await states.unseal(CALL, sealed[0]["requestState"]) == msgspec.Raw(b'"theirs"')
    now += LASTS / 2
    with pytest.raises(BadRequestState, match="has expired"):
        await states.unseal(CALL, sealed[1]["requestState"])
