"""Finding a tool among hundreds by what it is for: full-text ranking in PostgreSQL, over what the caller's endpoint offers."""
