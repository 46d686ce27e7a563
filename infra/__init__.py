"""What Headwater runs on, and is not Headwater itself: the embedded Kafka, the vocabulary, alerts."""
