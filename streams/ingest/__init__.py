"""Articles by HTTP into news.raw.

    bodies      a request's head and body → future records, or why not      pure
    openapi     requests and answers, as OpenAPI 3.1                        pure
    web         POST /articles: bounds, Kafka, the answer

It is a separate process outside the exactly-once core: it answers 202 once Kafka has the records on all replicas in sync.
A sender that gets another answer, or none, repeats the request; the stream's deduplication makes that harmless.
"""
