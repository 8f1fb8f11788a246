"""From a body and a protocol to a trajectory."""

from metabosim.engine.run import Body, Run, make_body, simulate

__all__ = ["Body", "Run", "make_body", "simulate"]
