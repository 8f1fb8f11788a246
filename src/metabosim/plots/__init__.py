"""One figure per scenario: small multiples with the check drawn into the picture."""
