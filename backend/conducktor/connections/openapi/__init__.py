"""REST services by their OpenAPI document: chosen operations become tools of a connection like any other.

Words: a *description* is the stored document of one connection; an *operation* is a verb on a path; its *recipe*
(`recipe.RestOperation`) is all that a call needs. The document is read when somebody connects, chooses or refreshes, never
during a call. It decides names, schemas and paths; where calls go to is the connection's address, which only people change.
"""
