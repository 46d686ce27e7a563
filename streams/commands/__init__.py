"""The commands of ``headwater``, one a file."""
