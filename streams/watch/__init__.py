"""What monitoring sees of a worker: metrics, the web pages, several workers behind one port."""
