"""What articles flow through: settings, topics, records, text, Kafka's delivery discipline, and the commands."""
