"""Quality on texts with known answers, and beside other libraries."""
