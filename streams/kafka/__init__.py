"""Exactly once on Kafka: delivery keeps the rules, the other modules are what it is made of."""
