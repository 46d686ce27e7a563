"""What those who watch a worker see: metrics, the web pages, several workers behind one port."""
