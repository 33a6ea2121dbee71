"""Conducktor: the governed MCP gateway for ChatGPT."""

__version__ = "0.1.0"
