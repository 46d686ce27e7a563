"""How the models and tables in streams/text are made."""
