"""The same equations in the formats of others. Nothing here is imported before something is exported."""
