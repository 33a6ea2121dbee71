"""MCP servers that this installation runs itself, from a file that only its operator writes.

No request, row or document can make a process start: a connection names an entry of that file, and nothing else.
"""
