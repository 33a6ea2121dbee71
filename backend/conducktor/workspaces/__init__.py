"""Tenants: organizations, their workspaces, and who belongs to them in which role.

Words: a *member* is a person's place in one workspace; a *role* is a name for a set of permissions; an *invitation* offers a
place to an e-mail address.
Invariants: code asks for permissions, never for role names; a workspace always keeps somebody who owns it; nobody gives,
takes or touches permissions that he does not have himself; unknown and foreign workspaces look alike.
"""
