"""What language a text is in: detect asks the scripts, then the model, and weighs what is declared."""
