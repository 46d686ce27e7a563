"""Speed, latency, growth and memory, beside the peers."""
