"""Money: what a call may cost is held before it runs and settled after it. Without a budget nothing is held.

Words: a *price* says what a tool's calls cost; a *budget*, or a policy's limit, is an amount for a period; a *counter* is what
one subject used of one limit in one period; a call's *hold* is settled into the *ledger*; the *teller* does this for all calls
of a moment. Invariants: a counter is what it was opened with plus its ledger, and holds the sum of its reservations; no call
is let through whose hold does not fit every hard limit; a budget over all calls agrees with the audit.
"""
