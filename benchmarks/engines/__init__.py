"""The engines that are compared. Each has a module of its own; what it needs is imported only when it is loaded."""

from __future__ import annotations

from benchmarks.engines.base import Engine
from benchmarks.engines.diffrax import Diffrax
from benchmarks.engines.heyoka import Heyoka
from benchmarks.engines.metabosim import Averaged, Default, Lanes, LanesAveraged, Scalar
from benchmarks.engines.population import Population
from benchmarks.engines.roadrunner import RoadRunner
from benchmarks.engines.scipy import Lsoda, Odeint

BASELINE = RoadRunner("roadrunner", "libRoadRunner, Adams", stiff=False, products=True)
ENGINES: dict[str, Engine] = {
    engine.name: engine
    for engine in (
        Default(),
        Scalar(),
        Averaged(),
        Lanes(),
        LanesAveraged(),
        Population("full"),
        Population("averaged"),
        Lsoda(),
        Odeint(),
        BASELINE,
        RoadRunner("roadrunner-bdf", "libRoadRunner, BDF", stiff=True, products=True),
        RoadRunner(
            "roadrunner-exported", "libRoadRunner, Adams, SBML as exported",
            stiff=False, products=False,
        ),
        Heyoka(),
        Diffrax(),
    )
}  # fmt: skip

__all__ = ["BASELINE", "ENGINES", "Engine"]
