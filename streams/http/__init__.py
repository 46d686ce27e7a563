"""What our small HTTP servers and clients share, whatever they serve or fetch.

Servers: ``runner`` bounds their connections, ``callers`` says who may ask, ``events`` writes server-sent events. Clients:
``addresses`` says what may be fetched, ``waits`` when a server may be asked again.
"""
