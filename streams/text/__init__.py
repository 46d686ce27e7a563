"""The pure part of Headwater: text in, values out.

Nothing in here knows Kafka, Faust, the clock, the environment or the file system (except for the vocabularies that ship beside
the code); an import rule in ``pyproject.toml`` and tests/test_architecture.py make sure of that. So the same input gives the
same output on every run and machine, which exactly-once replay relies on.
"""
