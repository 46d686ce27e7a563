"""From feeds to news.raw: RSS, Atom, JSON Feed and news sitemaps, polled politely.

    listing     which feeds: addresses and OPML                         pure
    forms       what its bytes are: encoding, JSON, depth, whether it breaks off   pure
    entries     a feed's bytes → its entries, with their facts          pure
    bounded_feedparser   feedparser, with its slow searches bounded
    manners     robots.txt, the pace of each host, when to ask again
    fetching    one document by HTTP, within bounds; only from public addresses (streams.http.addresses)
    seen        what was published before, in SQLite
    polling     the rounds: feed → entries → pages → news.raw → seen

It is a separate process outside the exactly-once core: an entry is remembered only once Kafka has it on all replicas. So a kill
loses nothing that the feed still lists, but may publish an entry twice, which the stream's deduplication makes harmless.
"""
