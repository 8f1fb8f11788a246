"""The words of a check, as data: features (a number from an arm) and checks (a verdict on arms)."""
