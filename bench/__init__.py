"""The benchmark: what a tool call costs through Conducktor, and through the proxies people would write instead.

Read `__main__` first (the order of a run), then `targets` (what is compared) and `report` (the goals). Not part of `make test`.
"""
