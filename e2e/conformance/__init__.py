"""The official conformance suite, through a running Conducktor, against upstreams of each era."""
