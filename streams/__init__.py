"""What flows: settings, topics, records, tables, the batch transport and the delivery discipline."""
