"""Rules that decide about calls before they happen.

Words: a *policy* judges a call and gives a *verdict* (allow, deny, ask a human); the fold over all of a workspace's
policies is the *decision*. Invariants: a denial beats every question; what cannot be judged is denied.
"""
