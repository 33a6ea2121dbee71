"""Protocols in and out: HTTP, JSON API, MCP, OAuth, the web application. Thin; no rules of the product live here."""
