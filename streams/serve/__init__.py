"""From news.enriched to feeds: Atom, JSON Feed and server-sent events of the newest articles.

    published   records → what may be shown now, and what must be taken down      pure
    writing     that as Atom and as JSON Feed                                     pure
    stories     the articles of each story, by news.stories                       pure
    following   the reader of news.enriched, read_committed, in no group
    web         the answers, and the listeners that wait for events

A canceled, expired or embargoed article is never shown. Only here is the clock used, outside the decisions of the stream.
"""
