"""User journeys through the running product: real processes, real browsers, real MCP clients and servers."""
