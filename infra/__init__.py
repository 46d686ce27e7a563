"""What Headwater runs on but is not part of it: the embedded Kafka, the vocabulary, alerts."""
