"""A COMBINE archive: what is in it, that each part is valid and fits the others, and that it says what it is."""

import re
import zipfile
from html import unescape
from io import BytesIO

import libcombine
import libsbml
import libsedml
import pytest
from hypothesis import given
from hypothesis import strategies as st

import metabosim as ms
from metabosim.body import OBSERVABLES
from metabosim.cli.jobs import stamp_of
from metabosim.errors import InputError
from metabosim.exchange import combine_archive, sbml_document
from metabosim.exchange.annotations import DISCLAIMER
from metabosim.exchange.courses import courses, grid_of
from metabosim.exchange.sedml import plain, sid
from metabosim.output import OWN_MARK, Stamp
from metabosim.protocol.meals import DAY
from metabosim.scenario import list_scenarios
from metabosim.scenario.model import Arm
from metabosim.subjects import load_subject
from metabosim.version import NOTE, __version__

NAMES = ("meal-homeostasis", "incretin-effect", "mine")


@pytest.fixture(params=NAMES)
def name(request):
    """The id of an archived scenario."""
    return request.param


@pytest.fixture
def parts(archives, name):
    """place -> bytes of an archive."""
    with zipfile.ZipFile(archives[name]) as file:
        return {place: file.read(place) for place in file.namelist()}


@pytest.fixture
def experiment(parts, name):
    """Its SED-ML as libSEDML reads it."""
    return libsedml.readSedMLFromString(parts[f"{name}.sedml"].decode())


def complaints(text):
    """All that libSEDML has to say against a document."""
    document = libsedml.readSedMLFromString(text)
    log = document.getErrorLog()
    return [log.getError(i).getMessage() for i in range(log.getNumErrors())]


def test_libsedml_has_nothing_to_say(parts, name):
    """Neither error nor warning; a planted fault would be told."""
    text = parts[f"{name}.sedml"].decode()
    assert complaints(text) == []
    assert 'level="1" version="4"' in text
    assert complaints(text.replace('type="points"', 'type="pints"', 1))


def test_every_reference_leads_somewhere(experiment, parts):
    """What libSEDML does not check: tasks, models, simulations, data, and parameters of the SBML in the archive."""
    known = {
        item.getId(): item
        for items in (
            experiment.getListOfModels(),
            experiment.getListOfSimulations(),
            experiment.getListOfTasks(),
            experiment.getListOfDataGenerators(),
            experiment.getListOfOutputs(),
        )
        for item in items
    }
    parameters = {}
    for model in experiment.getListOfModels():
        document = libsbml.readSBMLFromString(parts[model.getSource()].decode())
        parameters[model.getId()] = {p.getId() for p in document.getModel().getListOfParameters()}
    for task in experiment.getListOfTasks():
        assert known[task.getSimulationReference()].isSedUniformTimeCourse()
        assert task.getModelReference() in parameters
    for generator in experiment.getListOfDataGenerators():
        (variable,) = generator.getListOfVariables()
        assert variable.getId() in libsedml.formulaToL3String(generator.getMath())
        task = known[variable.getTaskReference()]
        if variable.isSetTarget():
            (wanted,) = re.findall("@id='(.*)'", variable.getTarget())
            assert wanted in parameters[task.getModelReference()]
        else:
            assert variable.getSymbol() == "urn:sedml:symbol:time"
    generators = {generator.getId() for generator in experiment.getListOfDataGenerators()}
    for output in experiment.getListOfOutputs():
        if output.isSedPlot2D():
            for curve in output.getListOfCurves():
                assert {curve.getXDataReference(), curve.getYDataReference()} <= generators
        else:
            labels = [column.getLabel() for column in output.getListOfDataSets()]
            assert len(set(labels)) == len(labels)
            assert {
                column.getDataReference() for column in output.getListOfDataSets()
            } <= generators


def test_cvode_with_tolerances(experiment):
    """Every run asks for CVODE and for more digits than a plot shows."""
    for simulation in experiment.getListOfSimulations():
        algorithm = simulation.getAlgorithm()
        assert algorithm.getKisaoID() == "KISAO:0000019"
        given = {
            p.getKisaoID(): float(p.getValue()) for p in algorithm.getListOfAlgorithmParameters()
        }
        assert given["KISAO:0000209"] <= 1e-7
        assert given["KISAO:0000211"] <= 1e-9


def test_every_line_panel_is_drawn(experiment, own_scenario, name):
    """A plot for each observable of each panel, with a curve for each arm that can be exported, the control first."""
    scenario = ms.load_scenario(own_scenario if name == "mine" else name)
    plots = [output for output in experiment.getListOfOutputs() if output.isSedPlot2D()]
    wanted = {what for panel in scenario.plot.panels for what in panel.observables}
    drawn = {curve.getYDataReference() for plot in plots for curve in plot.getListOfCurves()}
    for observable in wanted:
        assert any(reference.startswith(f"{observable}_of_") for reference in drawn)
    first = plots[0].getCurve(0)
    assert first.getOrder() == 1
    if any(scenario.control == model.getName() for model in experiment.getListOfModels()):
        assert first.getName() == scenario.control


@pytest.mark.parametrize("scenario", list_scenarios())
def test_every_arm_of_every_scenario_would_be_drawn(scenario):
    """No scenario has an arm that its archive would not run."""
    loaded = ms.load_scenario(scenario)
    drawn = list(courses(loaded, loaded.arms))
    assert {arm for plot in drawn for arm in plot.arms} == set(loaded.arms)


@given(
    duration=st.floats(1.0, 400 * DAY),
    window=st.tuples(st.floats(0.0, 400 * DAY), st.floats(0.0, 400 * DAY)).map(sorted),
    start=st.sampled_from(["midnight", "fasting"]),
)
def test_moments_lie_within_the_stretch_and_the_run(duration, window, start):
    """What is noted lies in the panel's stretch of time and before the run's end, and is never too much."""
    grid = grid_of(Arm(load_subject("lean-healthy"), duration, start=start), *window)
    if grid is None:
        return
    step = (grid.stop - grid.start) / grid.steps
    assert window[0] <= grid.start < grid.stop <= window[1] + 1e-6 * step
    assert grid.stop < duration
    assert 1 <= grid.steps <= 4320
    if step > 100:
        assert grid.start % DAY == pytest.approx(0.0 if start == "fasting" else 420.0)


def test_no_two_arms_share_an_id():
    """Names that differ only in their signs stay apart, and every id is one that SED-ML allows."""
    names = ["a-b", "a_b", "a-b_c", "a_b-c", "1", "both"]
    ids = [sid(name) for name in names]
    assert len(set(ids)) == len(names)
    assert all(re.fullmatch("[A-Za-z0-9_]+", found) for found in ids)


def test_names_that_tellurium_can_put_between_apostrophes():
    """It writes names into Python text as they are."""
    assert plain("a day's\n  \\ mean") == "a day’s / mean"


def test_libcombine_reads_it(archives, parts, name):
    """It lists every file with its format, the SED-ML as the one to run, and finds title and description."""
    archive = libcombine.CombineArchive()
    assert archive.initializeFromArchive(str(archives[name]))
    try:
        listed = {str(place).removeprefix("./") for place in archive.getAllLocations()}
        assert set(parts) - {"metadata.rdf"} <= listed
        assert archive.getMasterFile().getLocation().removeprefix("./") == f"{name}.sedml"
        formats = {
            place: archive.getManifest().getContent(i).getFormat().rpartition("/")[2]
            for i in range(archive.getManifest().getNumContents())
            if (place := archive.getManifest().getContent(i).getLocation().removeprefix("./"))
        }
        assert formats[f"{name}.sedml"] == "sed-ml.level-1.version-4"
        assert all(
            form == "sbml.level-3.version-2"
            for place, form in formats.items()
            if place.startswith("models/")
        )
        about = archive.getMetadataForLocation(".")
        assert DISCLAIMER in about.getDescription()
        assert NOTE in about.getDescription()
        assert f"metabosim {__version__}" in about.getDescription()
    finally:
        archive.cleanUp()


def test_models_are_the_arms(parts, name, own_scenario):
    """Each SBML file is what exporting its arm by itself gives."""
    scenario = ms.load_scenario(own_scenario if name == "mine" else name)
    models = {place[7:-4]: text for place, text in parts.items() if place.startswith("models/")}
    assert models
    for arm, text in models.items():
        title = f"{scenario.title}: arm {arm}"
        alone = sbml_document(scenario.arms[arm], stamp_of(scenario), title)
        assert text.decode() == alone


def test_the_scenario_and_its_files_are_in_it(archives, own_scenario):
    """As they were written, where the scenario expects them; only what is ours is said to be under our licence."""
    with zipfile.ZipFile(archives["mine"]) as file:
        for place in ("mine.yaml", "brief.yaml", "people/me.yaml"):
            assert file.read(place) == (own_scenario.parent / place).read_bytes()
        of_others = file.read("metadata.rdf").decode()
    with zipfile.ZipFile(archives["meal-homeostasis"]) as file:
        of_ours = file.read("metadata.rdf").decode()
    licence = re.compile(r'about="\.".*?</rdf:Description>', re.DOTALL)
    assert "licenses/MIT" in licence.search(of_ours)[0]
    assert "licenses/MIT" not in licence.search(of_others)[0]
    assert "The metabosim authors" in of_ours


def test_what_is_left_out_is_said(parts, experiment, name):
    """An arm that follows a course has no SBML, and metadata, SED-ML and caller are told why."""
    scenario = ms.load_scenario("incretin-effect")
    archive = combine_archive(scenario, stamp_of(scenario))
    assert set(archive.left_out) == {"by-vein", "little-by-vein", "diabetic-by-vein"}
    said = "Not in this archive: arm by-vein, which replays the glucose of arm 'by-mouth'"
    assert (said in unescape(experiment.getNotesString())) == (name == "incretin-effect")
    assert (said in parts["metadata.rdf"].decode()) == (name == "incretin-effect")
    assert "models/by-vein.xml" not in parts


def test_an_archive_of_nothing_is_refused():
    """If no arm can be exported, every reason is named."""
    scenario = ms.load_scenario("direct-anti-inflammatory")
    with pytest.raises(InputError) as caught:
        combine_archive(scenario, stamp_of(scenario))
    fields = {fault.field for fault in caught.value.faults}
    assert fields == {"arms.untreated.protocol", "arms.agonist.protocol"}


def test_the_same_bytes(archives):
    """No time of day, nothing of the machine, no order of a set: written again it is the same, and ours."""
    scenario = ms.load_scenario("meal-homeostasis")
    content = combine_archive(scenario, stamp_of(scenario)).content
    assert content == archives["meal-homeostasis"].read_bytes()
    assert OWN_MARK.search(content[:4096])
    with zipfile.ZipFile(BytesIO(content)) as file:
        assert {info.date_time for info in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    other = combine_archive(scenario, Stamp("other", "0" * 12)).content
    assert other != content


def test_axes_bear_units(experiment):
    """Time in the panel's unit; values in the unit that ends the observable's name, if it has one."""
    for plot in (output for output in experiment.getListOfOutputs() if output.isSedPlot2D()):
        assert re.fullmatch(r"time \((min|h|d|weeks|years)\)", plot.getXAxis().getName())
        observable = plot.getCurve(0).getYDataReference().partition("_of_")[0]
        has_unit = observable in OBSERVABLES and OBSERVABLES[observable].unit != "1"
        assert plot.getYAxis().isSetName() == (has_unit or observable.startswith("drug_"))
