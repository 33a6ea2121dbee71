"""The two grants: each proves what the client holds, and issues a pair of tokens for it."""
