"""Signing in to upstreams: Conducktor as an OAuth client of each service.

Words: the *server* is the service's authorization server; our *client* there was given by an admin, is our own metadata document,
or was registered; an *attempt* is one person's way through the browser and back; the *grant* is what came of it.

Invariants: an access token goes only to the address it was asked for. One refresh at a time over all processes; a refresh token
that was rotated is stored before the new access token is used. Secrets are sealed to their row.
"""
