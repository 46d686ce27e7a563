"""What an article is about, in IPTC Media Topics: tag weighs words, names of terms and what the source says."""
