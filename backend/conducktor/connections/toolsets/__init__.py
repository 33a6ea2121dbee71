"""Toolsets: named selections over all connections, each with an MCP endpoint of its own.

Words: tools are *picked* one by one, or come by a *rule*, which also takes in those that appear later; what is *left out*
stays out although a rule takes it. A toolset serves tools only, and names only what the workspace offers anyway.
"""
