"""Every operation of the product, slice by slice: what the JSON API, the MCP management tools and the tests walk."""

from conducktor.audit import operations as audit
from conducktor.connections import operations as connections
from conducktor.core.operation import Operation
from conducktor.oauth import operations as oauth
from conducktor.policies import operations as policies
from conducktor.workspaces import operations as workspaces

OPERATIONS: tuple[Operation, ...] = (
    *audit.OPERATIONS,
    *connections.OPERATIONS,
    *oauth.OPERATIONS,
    *policies.OPERATIONS,
    *workspaces.OPERATIONS,
)
