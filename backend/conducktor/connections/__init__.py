"""Connections: the upstream MCP servers of a workspace, and what they offer.

Words: a *connection* is one upstream with one credential; a *tool* is pinned in the form that was accepted; a changed or
suspicious tool is *quarantined* until a person accepts it, an unusable one *rejected*; *offers* are resources and prompts;
the *catalogue* knows services; the *toolbox* is what one workspace may call, ready to be served.

Invariants: no transaction spans a network call. Credentials are write-only and bound to their row. Only pinned definitions
are listed and called. One bad tool, or one dead upstream, never changes what the others offer.
"""
