"""Where the texts for training and measuring come from."""
