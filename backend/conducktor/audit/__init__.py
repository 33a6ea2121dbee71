"""The trail: what was asked, by whom, and how it ended.

Words: an *entry* is written when something starts (a call, an operation), its *outcome* when it ends. Both are append-only.
Invariants: no upstream is touched before the call's entry is durable; an entry without an outcome becomes `unknown`.
"""
