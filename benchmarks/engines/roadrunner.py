"""libRoadRunner (CVODE, compiled with LLVM) on the SBML that metabosim exports.

It calls `pow` for every power and writes out every assigned quantity wherever it is used, which makes more than a
thousand such calls an evaluation. `products` are documents in which whole powers are products instead: five times
faster, and so what we compare with.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.cases import WATCHED, Floats, Problem
from benchmarks.engines.base import Run
from metabosim.body import STATES
from metabosim.engine.rest import SCALE
from metabosim.output import Stamp

LEAST = (
    1e-3  # absolute tolerance: of the relative one, times a state's scale, as in our own integrator
)
LARGEST = 16  # power that is written as a product


class RoadRunner:
    """One document and one compiled model for each person; events are the document's own."""

    package, modules = "libroadrunner", ("roadrunner",)
    tolerance: float | None = None
    alone = True
    least, most, abreast = 0, 2, 1  # compiling a document takes seconds

    def __init__(self, name: str, title: str, *, stiff: bool, products: bool) -> None:
        self.name, self.title, self.stiff, self.products = name, title, stiff, products
        self.together = not stiff and products
        self.note = "CVODE's BDF, its default" if stiff else "CVODE's Adams"
        self.note += ", whole powers as products, LLVM at its most aggressive" if products else ""

    def prepare(self, problem: Problem) -> Run:
        """Write and compile the documents."""
        import roadrunner
        from roadrunner import Config

        roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
        Config.setValue(Config.LLVM_BACKEND, Config.LLJIT)
        Config.setValue(Config.LLJIT_OPTIMIZATION_LEVEL, Config.AGGRESSIVE)
        Config.setValue(Config.LOADSBMLOPTIONS_MUTABLE_INITIAL_CONDITIONS, False)
        models = [roadrunner.RoadRunner(text) for text in documents(problem, self.products)]
        order = [models[0].model.getStateVectorId(i) for i in range(len(STATES))]
        scale = dict(zip(STATES, SCALE, strict=True))
        times = problem.out.tolist()

        def run(tolerance: float) -> Floats:
            found = []
            for model in models:
                model.resetToOrigin()
                model.integrator.stiff = self.stiff
                model.integrator.relative_tolerance = tolerance
                model.integrator.absolute_tolerance = [tolerance * LEAST * scale[n] for n in order]
                model.integrator.maximum_num_steps = 1_000_000
                model.timeCourseSelections = list(WATCHED)
                # it takes evenly spaced times much faster than a list of them
                found.append(np.array(model.simulate(times[0], times[-1], len(times))))
            return np.array(found)

        return run


def documents(problem: Problem, products: bool) -> list[str]:
    """Everybody as SBML."""
    from metabosim.exchange.arms import Ready
    from metabosim.exchange.sbml import document

    texts = [
        document(Ready(body, y, c, plan, problem.drugs, False), Stamp("benchmark", ""), "benchmark")
        for body, y, c, plan in zip(
            problem.bodies, problem.y, problem.c, problem.plans, strict=True
        )
    ]
    return [_with_products(text) for text in texts] if products else texts


def _with_products(text: str) -> str:
    import libsbml

    document = libsbml.readSBMLFromString(text)
    model = document.getModel()
    for i in range(model.getNumRules()):
        rule = model.getRule(i)
        rule.setMath(_product(rule.getMath().deepCopy()))
    return str(libsbml.writeSBMLToString(document))


def _product(node: Any) -> Any:
    import libsbml

    for i in range(node.getNumChildren()):
        node.replaceChild(i, _product(node.getChild(i)).deepCopy())
    if node.getType() not in (libsbml.AST_POWER, libsbml.AST_FUNCTION_POWER):
        return node
    power = node.getChild(1)
    times = power.getValue() if power.isNumber() else 0.0
    if times != int(times) or not 2 <= times <= LARGEST:
        return node
    product = libsbml.ASTNode(libsbml.AST_TIMES)
    for _ in range(int(times)):
        product.addChild(node.getChild(0).deepCopy())
    return product
