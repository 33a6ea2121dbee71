"""A pinned tool in the bytes that clients are shown."""

import msgspec

from conducktor.connections.judgement import HeaderParams, listing
from conducktor.connections.pinned_tool import PinnedTool
from conducktor.connections.tool_class import claimed_class, claims_idempotent
from conducktor.connections.tool_definition import decode
from conducktor.connections.wording import Wording, worded
from conducktor.core.tool_call import OperationClass


class Encoding(msgspec.Struct, frozen=True, kw_only=True):
    """`pinned`, `override` and `wording` are what it was made from."""

    pinned: bytes
    override: OperationClass | None
    wording: Wording
    operation_class: OperationClass
    may_repeat: bool
    listed: bytes
    listed_plain: bytes
    header_params: HeaderParams


def encode(tool: PinnedTool, pinned: bytes) -> Encoding:
    """Raises Unusable."""
    definition = worded(decode(pinned), tool.wording)
    listed = listing(definition, tool.class_override)
    annotations = definition.get("annotations")
    operation_class = tool.class_override or claimed_class(annotations)
    return Encoding(
        pinned=pinned,
        override=tool.class_override,
        wording=tool.wording,
        operation_class=operation_class,
        may_repeat=operation_class is OperationClass.READ or claims_idempotent(annotations),
        listed=msgspec.json.encode(listed.definition | {"name": tool.full_name}),
        listed_plain=msgspec.json.encode(listed.definition),
        header_params=listed.header_params,
    )
