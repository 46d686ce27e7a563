"""From feeds to news.raw: RSS, Atom, JSON Feed and news sitemaps, polled politely.

    listing     which feeds: addresses and OPML                         pure
    entries     a feed's bytes → its entries, with their facts          pure
    manners     robots.txt, the pace of each host, when to ask again
    addresses   which addresses may be asked at all
    fetching    one document by HTTP, within bounds
    seen        what was published before, in SQLite
    polling     the rounds: feed → entries → pages → news.raw → seen

It is a process of its own, outside the exactly-once core: an entry is remembered only once Kafka has it on all replicas, so a
kill loses nothing that the feed still lists, and may publish an entry twice. The stream's deduplication makes that harmless.
"""
