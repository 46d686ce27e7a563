"""What the teams on both sides of the stream can rely on: topics, keys, headers and documents as schemas, made of the code.

``values`` and ``headers`` describe what :mod:`streams.documents` writes; ``contract`` has one entry a topic; ``compatibility``
tells a change that breaks a consumer; ``asyncapi`` makes docs/asyncapi.yaml, ``examples`` what is in it; ``files`` writes
all of it down (``make contracts``); ``registry`` hands the schemas to a schema registry.
"""
