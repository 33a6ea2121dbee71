"""Our OAuth 2.1 authorization server: who may act for whom, in which workspace, through which app.

Words: a *client* is an app (ChatGPT); a *consent request* is its question to a person; an *authorization* is the answer:
one client acts for one person in one workspace within *scopes*, at one *resource*. An authorization is a token family:
its access and refresh tokens live and die with it.

Invariants:
- Only keyed digests of codes and tokens are stored.
- A code is redeemed once; a second redemption revokes what the first one got.
- An authorization has one chain of refresh tokens with one live end. A refresh token that was replaced is good for
  `REFRESH_GRACE_S` more, while its successor is unused, and then yields the very same pair; later it revokes the family.
- Leaving a workspace deletes the authorizations made there (foreign key to `members`); coming back revives nothing.
- Authorising again never disturbs older authorizations, because one person may use two ChatGPT accounts with one client
  id; beyond `MAX_LIVE` of the same person, client, workspace and resource, the longest unused is replaced.
"""
