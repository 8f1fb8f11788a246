"""The version, and the note every output carries."""

__version__ = "0.1.0"

NOTE = "illustrative, not clinical"
