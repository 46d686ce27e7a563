"""The console: one page on which an editor sees the stream and an operator sees its health."""
