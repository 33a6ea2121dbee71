"""Accounts: who somebody is, and how he shows it.

Words: a *user* is a person's account; a *web session* is one browser in which he is signed in; a *mail token* is the single-use
key in a link that we mail; a *visitor* is whoever sends a request, known only by network and browser.
Invariants: only keyed digests of session ids and mail tokens are stored; passwords are argon2id; no answer tells a stranger
whether an address has an account (without a mail server sign-up has to: nobody could be told otherwise); an account with an
unverified address may use the web application but may not authorise OAuth clients.
"""
