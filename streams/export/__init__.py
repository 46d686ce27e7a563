"""From news.enriched to files: JSON Lines or Parquet, each article exactly once.

    files       a row into a file, of either format
    exporting   rows → files, their names, and when a file is finished

A file is written under a hidden name, then promised in the book together with the offsets that it covers, then renamed. A kill
before the promise leaves nothing; after it, the next start renames. So each file appears once, complete, and never changes.
"""
