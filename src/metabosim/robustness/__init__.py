"""How far each claim can be trusted: over a wide prior, virtual people, wrong bodies, and whoever is worst for it."""
