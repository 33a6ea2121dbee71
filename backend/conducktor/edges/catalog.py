"""Every operation of the product, slice by slice: what the JSON API, the MCP management tools and the tests walk."""

from conducktor.approvals import operations as approvals
from conducktor.audit import operations as audit
from conducktor.budgets import operations as budgets
from conducktor.connections import operations as connections
from conducktor.core.operation import Operation
from conducktor.gateway import operations as gateway
from conducktor.notices import operations as notices
from conducktor.oauth import operations as oauth
from conducktor.policies import operations as policies
from conducktor.workspaces import operations as workspaces

OPERATIONS: tuple[Operation, ...] = (
    *approvals.OPERATIONS,
    *audit.OPERATIONS,
    *budgets.OPERATIONS,
    *connections.OPERATIONS,
    *gateway.OPERATIONS,
    *notices.OPERATIONS,
    *oauth.OPERATIONS,
    *policies.OPERATIONS,
    *workspaces.OPERATIONS,
)
