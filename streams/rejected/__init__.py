"""What was rejected: dead letters, and how they are replayed exactly once."""
