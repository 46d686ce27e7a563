"""Articles by HTTP into news.raw.

    bodies      a request's head and body → the records to be, or why not      pure
    openapi     what is taken and answered, as OpenAPI 3.1                     pure
    web         POST /articles: bounds, Kafka, the answer

It is a process of its own, outside the exactly-once core: it answers 202 once Kafka has the records on all replicas in sync.
Whoever gets another answer, or none, sends the request again; the stream's deduplication makes that harmless.
"""
