"""The body and whole scenarios in the languages of others."""
