"""What was rejected: dead letters, and how they go through again exactly once."""
