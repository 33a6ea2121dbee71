"""Three small MCP servers with real state: an issue tracker, a code host and a team chat.

They stand in for third-party services, so that everything Conducktor promises can be tried without an account anywhere.
`python -m sandbox --port 8081 --data var/sandbox` serves them; nothing here is imported by the product.
"""
