"""People's own accounts at services: a connection may be used by each person with the person's own credential.

Words: an *own account* is one person's credential for one connection, from a sign-in or a key that the person entered; it is
*left* when its person left the workspace, signed out, or the connection is another one now.

Invariants: a credential goes out only with calls of its own person, never with a workflow's; one that is left is never used
again, is revoked where the service can, and is deleted. Secrets are sealed to their row.
"""
