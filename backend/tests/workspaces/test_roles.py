from conducktor.core.actor import Permission
from conducktor.workspaces.roles import OWNING_ROLES, PERMISSIONS, Role, is_within


def test_every_role_may_do_what_the_one_below_it_may() -> None:
    assert PERMISSIONS[Role.CONTRACTOR] < PERMISSIONS[Role.MEMBER] < PERMISSIONS[Role.ADMIN] < PERMISSIONS[Role.OWNER]
    assert PERMISSIONS[Role.OWNER] == frozenset(Permission)


def test_nobody_hands_out_a_role_above_his_own() -> None:
    order = [Role.CONTRACTOR, Role.MEMBER, Role.ADMIN, Role.OWNER]
    for mine in order:
        for given in order:
            assert is_within(given, PERMISSIONS[mine]) == (order.index(given) <= order.index(mine))


def test_only_owners_own() -> None:
    assert OWNING_ROLES == (Role.OWNER,)


def test_contractors_and_members_change_nothing() -> None:
    for role in (Role.CONTRACTOR, Role.MEMBER):
        changes = {p for p in PERMISSIONS[role] if p.endswith((":write", ":decide", ":manage", ":own"))}
        assert changes == set()
