"""A scenario's arms and plots as SED-ML (Level 1 Version 4): what to run, what to note, what to draw.

An arm is run once for each stretch of time that is drawn of it, since a uniform time course has one step;
plots of the same stretch share the run. What is drawn is also in a report for each stretch, which runners
write as a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import libsedml

from metabosim.exchange.annotations import note
from metabosim.exchange.courses import Courses, Grid
from metabosim.units import MINUTES

SBML: Final = "http://www.sbml.org/sbml/level3/version2/core"
LANGUAGE: Final = "urn:sedml:language:sbml.level-3.version-2"
TIME: Final = "urn:sedml:symbol:time"
PARAMETER: Final = "/sbml:sbml/sbml:model/sbml:listOfParameters/sbml:parameter[@id='{}']"
CVODE: Final = "KISAO:0000019"
SETTINGS: Final = {
    "KISAO:0000209": "1e-8",  # relative tolerance
    "KISAO:0000211": "1e-10",  # absolute tolerance
    "KISAO:0000415": "1000000",  # most steps between two outputs
}


def document(models: Mapping[str, str], plots: Sequence[Courses], notes: Iterable[str]) -> str:
    """The SED-ML text that runs `models` (arm -> where its SBML is) and draws `plots`; `notes` are paragraphs."""
    return _Document(models, notes).drawn(plots)


def sid(name: str) -> str:
    """An arm's name as part of an id; no two arms have the same, since none has two signs in a row."""
    return name.replace("-", "__")


class _Document:
    """A document being written: everything is made when it is first needed, and found again."""

    def __init__(self, models: Mapping[str, str], notes: Iterable[str]) -> None:
        self.document = libsedml.SedDocument(1, 4)
        self.document.getNamespaces().add(SBML, "sbml")  # for the paths to what is noted
        note(self.document, *notes)
        self.simulations: dict[Grid, str] = {}
        self.made: set[str] = set()
        self.models = models

    def drawn(self, plots: Sequence[Courses]) -> str:
        """The whole as text."""
        for i, plot in enumerate(plots, start=1):
            self.plot(f"plot_{i}", plot)
        for grid in list(self.simulations):
            self.report(grid, plots)
        return str(libsedml.writeSedMLToString(self.document))

    def plot(self, name: str, courses: Courses) -> None:
        """A curve for each arm."""
        plot = self.document.createPlot2D()
        plot.setId(name)
        plot.setName(plain(courses.title))
        for axis, text in (
            (plot.createXAxis(), f"time ({courses.unit})"),
            (plot.createYAxis(), courses.value_unit),
        ):
            axis.setType("linear")
            if text:
                axis.setName(text)
        for i, (arm, grid) in enumerate(courses.arms.items(), start=1):
            curve = plot.createCurve()
            curve.setId(f"{name}_{sid(arm)}")
            curve.setName(plain(arm))
            curve.setOrder(i)
            curve.setType("points")
            curve.setXDataReference(self.time(arm, grid, courses.unit))
            curve.setYDataReference(self.values(arm, grid, courses.observable))

    def report(self, grid: Grid, plots: Sequence[Courses]) -> None:
        """A table of all that is drawn of one stretch of time, which all its runs share."""
        drawn = [(arm, p.observable) for p in plots for arm in p.arms if p.arms[arm] == grid]
        report = self.document.createReport()
        report.setId(f"report_{self.simulations[grid].removeprefix('simulation_')}")
        report.setName(f"From {grid.start:g} to {grid.stop:g} min")
        columns = {"time_min": self.time(drawn[0][0], grid, "min")}
        columns |= {f"{arm}: {what}": self.values(arm, grid, what) for arm, what in drawn}
        for label, reference in columns.items():
            column = report.createDataSet()
            column.setId(f"{report.getId()}_{reference}")
            column.setLabel(label)
            column.setName(label)
            column.setDataReference(reference)

    def time(self, arm: str, grid: Grid, unit: str) -> str:
        """The generator of an arm's time in a unit."""
        size = MINUTES[unit]
        return self.generator(
            f"time_{unit}", arm, grid, f"time ({unit})", ("Symbol", TIME), f" / {size:g}"
        )

    def values(self, arm: str, grid: Grid, observable: str) -> str:
        """The generator of an arm's observable."""
        target = ("Target", PARAMETER.format(observable))
        return self.generator(observable, arm, grid, observable, target, "")

    def generator(
        self, prefix: str, arm: str, grid: Grid, name: str, source: tuple[str, str], math: str
    ) -> str:
        """A data generator of one variable, which is a symbol or a target, and what is done to it."""
        task = self.task(arm, grid)
        made = f"{prefix}_of_{task}"
        if made not in self.made:
            self.made.add(made)
            generator = self.document.createDataGenerator()
            generator.setId(made)
            generator.setName(name)  # the same for every arm: some runners name the axes by it
            variable = generator.createVariable()
            variable.setId(f"read_{made}")
            variable.setTaskReference(task)
            getattr(variable, f"set{source[0]}")(source[1])
            generator.setMath(libsedml.parseL3Formula(f"read_{made}{math}"))
        return made

    def task(self, arm: str, grid: Grid) -> str:
        """The task that runs an arm over a stretch of time, and its model.

        No two tasks share a model: after a run whose output began later than the run, libRoadRunner 2.10
        does not come back to time 0, and events of the next run would be missed.
        """
        simulation = self.simulation(grid)
        run = f"{sid(arm)}_{simulation.removeprefix('simulation_')}"
        if (made := f"task_{run}") not in self.made:
            self.made.add(made)
            model = self.document.createModel()
            model.setId(f"model_{run}")
            model.setName(plain(arm))
            model.setLanguage(LANGUAGE)
            model.setSource(self.models[arm])
            task = self.document.createTask()
            task.setId(made)
            task.setModelReference(model.getId())
            task.setSimulationReference(simulation)
        return made

    def simulation(self, grid: Grid) -> str:
        """A run from time 0 that notes values at the times of a grid."""
        if grid not in self.simulations:
            self.simulations[grid] = f"simulation_{len(self.simulations) + 1}"
            simulation = self.document.createUniformTimeCourse()
            simulation.setId(self.simulations[grid])
            simulation.setInitialTime(0.0)
            simulation.setOutputStartTime(grid.start)
            simulation.setOutputEndTime(grid.stop)
            simulation.setNumberOfSteps(grid.steps)
            algorithm = simulation.createAlgorithm()
            algorithm.setKisaoID(CVODE)
            for setting, value in SETTINGS.items():
                parameter = algorithm.createAlgorithmParameter()
                parameter.setKisaoID(setting)
                parameter.setValue(value)
        return self.simulations[grid]


def plain(text: str) -> str:
    """A name without straight apostrophes, since Tellurium puts names between such in Python."""
    return " ".join(text.split()).replace("'", "’").replace("\\", "/")
