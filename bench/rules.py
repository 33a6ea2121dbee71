"""The rules of the `conducktor-rules` target: all in force, all about the measured call, none of them refuses it."""

from e2e.support.people import Person

_BUDGETS = (
    {"name": "Everything this month", "period": "month", "share": "together"},
    {"name": "Each person this week", "period": "week", "share": "person"},
    {"name": "Each connection today", "period": "day", "share": "connection"},
)
_LIMIT_MICRO_USD = 10**15  # never reached
_CONDITIONS = (
    'tool.class == "destructive"',
    "has(args.text) && size(args.text) > 100000",
    'caller.role == "contractor" && tool.connection.startsWith("bench")',
    'has(args.repo) && args.repo.matches("^prod-.*$")',
    'caller.email.endsWith("@example.org") || now < timestamp("2020-01-01T00:00:00Z")',
)


async def put_in_force(owner: Person) -> None:
    """20 policies, five of them with a condition, three budgets, and a price for every connection."""
    for number, condition in enumerate(_CONDITIONS):
        await _policy(owner, f"Condition {number}", "deny", {}, condition=condition)
    for number in range(3):
        await _policy(owner, f"Secret {number}", "deny", {}, what={"tools": [f"*_secret_{number}_*"]})
    for number in range(4):
        await _policy(owner, f"Classes {number}", "allow_only", {"classes": ["read", "write", "destructive"]})
    for role in ("contractor", "member", "admin"):
        await _policy(owner, f"For {role}s", "require_approval", {}, who={"roles": [role]})
    for number in range(5):
        await _policy(owner, f"Elsewhere {number}", "require_approval", {}, what={"connections": [f"bench-{number + 10}"]})
    for budget in _BUDGETS:
        await owner.ask("POST", "/budgets", json={**budget, "limit_micro_usd": _LIMIT_MICRO_USD})
    for connection in (await owner.ask("GET", "/prices"))["items"]:
        await owner.ask("PUT", "/prices", json={"connection": connection["connection"], "basis": "call", "micro_usd": 100})


async def _policy(owner: Person, name: str, kind: str, settings: dict[str, object], **more: object) -> None:
    await owner.ask("POST", "/policies", json={"name": name, "kind": kind, "settings": settings, **more})
