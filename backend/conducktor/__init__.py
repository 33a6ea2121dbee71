"""Conducktor: the governed MCP gateway for ChatGPT."""
