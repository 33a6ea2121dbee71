"""The catalogue: services that can be connected, as documents of the official `server.json` schema.

Ours lie in `services/`, one file each; everything the schema has no place for is under one `_meta` key (`entry.py`).
"""
