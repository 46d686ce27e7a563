"""From news.enriched to a receiver's server: each article as a signed request, at least once.

signing     an article → the request: body, id, signature, by the Standard Webhooks      pure
answers     a server's answer → done, retry and when, or given up                        pure
sending     one request by HTTP, within bounds, to public addresses
delivering  turn by turn: the book notes each message once the receiver has it
"""
