"""Telling people outside the web application: that an approval waits, that a budget runs out.

Words: a *notice* is one message about one event; a *channel* is a way out (e-mail, Slack-compatible webhook, signed
webhook), one file each in `channels/`; a *delivery* is one notice on one channel. Invariants: a notice is written in the
transaction of what it tells; it is delivered at least once, by the worker, with a stable id.
"""
