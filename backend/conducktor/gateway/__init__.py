"""The life of a call: read `call_tool.py` first.

Invariant: everything that reaches an upstream goes through `call_tool`, whatever protocol or page it came from.
"""
