"""The outside world: database, queue, HTTP, mail, encryption, telemetry. Knows nothing of the product."""
