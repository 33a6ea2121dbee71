"""Who may ask: the static client, clients that registered themselves, and clients described by a document of their own."""
