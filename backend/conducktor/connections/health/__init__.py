"""How connections are, over time: status and its history, how fast their servers answer, and telling people about changes.

Words: the *status* is what a person would say (healthy, down, sign-in needed …), the connection's `state` what the gateway
does with it; a *tally* is what one process saw of a connection since it wrote it down last.
"""
