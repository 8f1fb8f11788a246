"""How fast metabosim is beside other simulators of the same body; README.md says how to run it."""
