"""What the teams on both sides of the stream can rely on: topics, keys, headers and documents as schemas, made from the code.

``values`` and ``headers`` describe what :mod:`streams.documents` writes; ``contract`` has one entry per topic;
``compatibility`` finds changes that break a consumer; ``asyncapi`` makes docs/asyncapi.yaml, with ``examples``; ``files``
writes all of it to docs/ (``make contracts``); ``registry`` sends the schemas to a schema registry.
"""
