"""The sources of the texts for training and measuring."""
