"""What upstreams tell by themselves: that a list changed, that a resource was updated.

One standing stream per endpoint (connection and credential) and process, open while somebody listens; everybody who listens
shares it. Nothing here decides who may hear what: that is the gateway's.
"""
