"""Scenario files: what is read, what is refused and how it is said."""

import json
import pickle
import random
import warnings
from pathlib import Path

import pytest

from metabosim.errors import ImplausibleWarning, InputError
from metabosim.protocol import Fast, Meal
from metabosim.scenario import (
    list_scenarios,
    load_scenario,
    parse_scenario,
    scenario_schema,
    schema_file,
    template,
    validate_scenario,
)
from metabosim.scenario.checks import CHECKS
from metabosim.yamlfile import load_yaml, parse_yaml

FAULTS = Path(__file__).parent / "faults"
EXPECTED = load_yaml(FAULTS / "expected.yaml").data
ALL_CHECKS = FAULTS / "valid-all-checks.yaml"
VALID = (FAULTS / "valid.yaml").read_text(encoding="utf-8")


def refusal(text):
    """The message that a scenario's text is refused with."""
    with pytest.raises(InputError) as caught:
        parse_scenario(text, "valid.yaml")
    return str(caught.value)


@pytest.mark.parametrize("name", EXPECTED)
def test_fault(name):
    """Each file of the corpus is refused with its place, its field and the likely fix."""
    faults = validate_scenario(FAULTS / f"{name}.yaml")
    message = "\n".join(str(fault) for fault in faults)
    assert [text for text in EXPECTED[name] if text not in message] == [], message
    assert all(str(fault.file).endswith(".yaml") for fault in faults)
    assert "Traceback" not in message
    assert all(len(str(fault)) < 600 for fault in faults)


def test_every_fault_has_its_expectation():
    """No file of the corpus is left out."""
    files = {file.stem for file in FAULTS.glob("*.yaml")} - {
        "expected",
        "valid",
        "valid-all-checks",
    }
    assert files | {"missing-file"} == set(EXPECTED)


def test_the_corpus_differs_from_a_valid_file():
    """What the faulty files were made from has no fault."""
    assert validate_scenario(FAULTS / "valid.yaml") == ()


def test_every_kind_of_check_is_read():
    """The file with all checks has each kind once, and no fault."""
    scenario = load_scenario(ALL_CHECKS)
    kinds = [check.kind for check in scenario.checks]
    assert sorted(kinds) == sorted(CHECKS)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("follower: insulin_pmol_l", "follower: insulin", "follower: unknown observable 'insulin'"),
        ("{rises: glucose_mmol_l", "{rises: glucos", "events[0].rises: unknown observable"),
        ("{glucose_gating: 0}", "{glucose_gatin: 0}", "unknown lever 'glucose_gatin'; did you"),
        ("{glucose_gating: 0}", "{glucose_gating: 9}", "glucose_gating: must be a number from 0"),
        ("[insulin_secretion, ", "[insulin_secret, ", "levers[0]: unknown lever 'insulin_secret'"),
        ("hold: [glucose]", "hold: [glucos]", "hold[0]: 'glucos' is nothing that can be held"),
        ("{muscle_uptake: 0.2}", "{muscle_uptak: 0.2}", "unknown parameter 'muscle_uptak'; did"),
        ("opened: [small, none]", "opened: [small, nine]", "opened[1]: unknown arm 'nine'; did"),
        ("day: 0", "day: 3", "min is after the end (1440 min) of the run"),
        ("within: 4 h, after: 8 h", "within: 20 h, after: 8 h", "is after the end (1440 min)"),
    ],
)
def test_names_and_windows_inside_checks(old, new, message):
    """What a check refers to is held against body and arms, wherever it stands in the check."""
    text = ALL_CHECKS.read_text(encoding="utf-8")
    with pytest.raises(InputError) as caught:
        parse_scenario(text.replace(old, new, 1), ALL_CHECKS.name)
    assert message in str(caught.value)


def test_all_faults_at_once_in_order():
    """Faults of the form, of values and between parts come together, sorted by line."""
    text = VALID.replace("status: imposed", "status: imposd").replace("8 h, carb", "8 kg, carb")
    text = text.replace("control: small", "control: smal").replace("[higher-peak]", "[hi]")
    lines = [int(line.split(":")[1]) for line in refusal(text).splitlines()]
    assert len(lines) == 5
    assert lines == sorted(lines)


def test_arms_inherit_the_context():
    """An arm has the context's fields and steps, its own after them."""
    scenario = load_scenario(FAULTS / "valid.yaml")
    arm = scenario.arms["large"]
    assert [type(step) for step in arm.protocol] == [Fast, Meal]
    assert (arm.duration, arm.start, arm.subject.id) == (1440, "midnight", "lean-healthy")
    assert set(arm.arguments()) == {
        "subject", "duration", "start", "levers", "lifelong", "parameters", "variants", "protocol",
    }  # fmt: skip


def test_an_arm_overrides_the_context():
    """What an arm sets wins, name by name in mappings."""
    text = VALID.replace("duration: 1 d", "duration: 1 d\n  levers: {pka_arm: 0, epac2_arm: 0}")
    text = text.replace("small: {", "small: {duration: 2 d, levers: {pka_arm: 2}, ")
    arms = parse_scenario(text, "valid.yaml").arms
    assert arms["small"].levers == {"pka_arm": 2, "epac2_arm": 0}
    assert arms["small"].duration == 2880
    assert arms["large"].levers == {"pka_arm": 0, "epac2_arm": 0}


def test_knock_outs():
    """A knock-out changes every arm, or the arms named, or puts an arm in another's place."""
    text = VALID.replace(
        "population:",
        "  - {name: one-arm, arms: [large], parameters: {pka_gain: 1}, variants: [common-cause]}\n"
        "  - {name: swapped, replace: {large: {protocol: [{fast: {start: 0, stop: 5}}]}}}\n"
        "population:",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImplausibleWarning)
        scenario = parse_scenario(text, "valid.yaml")
    everywhere, one_arm, swapped = map(scenario.knocked_out, scenario.must_fail_when)
    assert all(arm.levers == {"insulin_secretion": 0} for arm in everywhere.values())
    assert one_arm["large"].variants == ("common-cause",)
    assert one_arm["small"] == scenario.arms["small"]
    assert [type(step) for step in swapped["large"].protocol] == [Fast, Fast]
    assert swapped["small"] == scenario.arms["small"]


def test_references_are_arms_to_run_first():
    """An arm that replays another says so."""
    text = VALID.replace(
        "small: {protocol: [", "small: {protocol: [{glucose_profile: {arm: large}}, "
    )
    scenario = parse_scenario(text, "valid.yaml")
    assert scenario.arms["small"].references() == {"large"}
    assert scenario.arms["large"].references() == set()


def test_numbers_as_people_write_them():
    """1e-3 is a number, text is not, and a bare number is in the inside unit."""
    text = VALID.replace("insulin_secretion: 0", "insulin_secretion: 1e-3")
    text = text.replace("from: 8 h, to: 12 h", "from: 480, to: 720.0")
    scenario = parse_scenario(text, "valid.yaml")
    assert scenario.must_fail_when[0].levers == {"insulin_secretion": 0.001}
    (window,) = scenario.checks[0].windows()[:1]
    assert (window.start, window.stop) == (480, 720)


def test_hash_is_of_the_content():
    """Comments and layout do not change the hash; content does, and so do changed levers."""
    plain = parse_scenario(VALID, "valid.yaml").hash
    assert plain == parse_scenario("# a note\n" + VALID, "valid.yaml").hash
    assert plain != parse_scenario(VALID.replace("50 g", "51 g"), "valid.yaml").hash
    file = FAULTS / "valid.yaml"
    assert plain == load_scenario(file).hash
    assert plain != load_scenario(file, levers={"pka_arm": 0}).hash
    assert plain != load_scenario(file, subject="visceral-obese").hash


def test_changes_from_outside():
    """Levers and subject given by the caller reach every arm, and are checked like any other."""
    file = FAULTS / "valid.yaml"
    arms = load_scenario(file, levers={"pka_arm": 0}, subject="visceral-obese").arms
    assert {arm.subject.id for arm in arms.values()} == {"visceral-obese"}
    assert all(arm.levers == {"pka_arm": 0} for arm in arms.values())
    with pytest.raises(InputError, match="unknown lever 'pka_amr'; did you mean 'pka_arm'"):
        load_scenario(file, levers={"pka_amr": 0})


def test_own_subject_beside_the_scenario(tmp_path):
    """A subject file is found beside the scenario, from whatever folder one works in."""
    (tmp_path / "me.yaml").write_text(
        "{id: me, title: Me, text: Me., parameters: {}, sources: [assumption]}"
    )
    (tmp_path / "valid.yaml").write_text(VALID.replace("lean-healthy", "me.yaml"))
    loaded = load_scenario(tmp_path / "valid.yaml")
    assert loaded.arms["small"].subject.title == "Me"
    assert loaded.own_files == (Path("me.yaml"),)
    assert load_scenario("cjc-lasts").own_files == (Path("therapies/cjc-1295-short-lived.yaml"),)


def test_implausible_parameter_is_a_warning():
    """Legal and implausible: said, not refused."""
    text = VALID.replace("subject: lean-healthy", "parameters: {glucose_volume: 5}")
    with pytest.warns(ImplausibleWarning, match="glucose_volume: 5 is implausible; plausible"):
        parse_scenario(text, "valid.yaml")


def test_scenarios_are_frozen_and_picklable():
    """Nothing changes a scenario after it was read, and workers can be given one."""
    scenario = load_scenario(FAULTS / "valid.yaml")
    with pytest.raises(ValueError, match="frozen"):
        scenario.title = "x"
    back = pickle.loads(pickle.dumps(scenario))
    assert back == scenario
    assert back.hash == scenario.hash


def test_names():
    """An unknown name is answered with what there is; a path is a path."""
    with pytest.raises(InputError, match="unknown scenario 'nothing-like-it'"):
        load_scenario("nothing-like-it")
    with pytest.raises(InputError, match="no such file"):
        load_scenario("nothing/like-it")


def test_bundled_scenarios_have_no_fault():
    """Every bundled scenario is read, under its own name."""
    assert [load_scenario(name).id for name in list_scenarios()] == list_scenarios()


def test_template_is_a_scenario():
    """What a newcomer starts from is valid, and its first line leads an editor to the schema."""
    scenario = parse_scenario(template("my-claim"), "my-claim.yaml")
    assert scenario.id == "my-claim"
    assert template("x").startswith(f"# yaml-language-server: $schema={schema_file().as_uri()}\n")


def test_committed_schema_is_current():
    """The file that editors read is what the program would print."""
    assert json.loads(schema_file().read_text(encoding="utf-8")) == scenario_schema()


def test_schema_agrees_with_the_loader():
    """Editors accept what the loader accepts, and refuse misspelt names."""
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(scenario_schema())
    for text in (VALID, template("x")):
        assert list(validator.iter_errors(parse_yaml(text).data)) == []
    for old, new in [
        ("insulin_secretion", "insulin_secretoin"),
        ("{peak:", "{paek:"),
        ("{meal:", "{mael:"),
        ("status:", "state:"),
        ("checks:\n", "check:\n"),
    ]:
        assert list(validator.iter_errors(parse_yaml(VALID.replace(old, new)).data))


# --- mutation ---------------------------------------------------------------------------------

NASTY = [
    None,
    True,
    -1,
    0,
    1e308,
    10**20,
    "",
    " ",
    "x",
    "8 h",
    "-8 h",
    "5 mg/dL",
    "0,5",
    "12:30",
    "baseline",
    [],
    {},
    [[]],
    {"": 1},
    {"arm": "x"},
    ["x", 1],
    "../x",
    "m_value",
    "\u00e9",
]


def faults_in(text):
    """The faults of a scenario's text; whatever else goes wrong is raised."""
    try:
        parse_scenario(text, "valid.yaml")
    except InputError as error:
        return error.faults
    return ()


def places(node, path=()):
    """Every path into a tree of mappings and lists."""
    yield path
    if isinstance(node, dict | list):
        for key in node if isinstance(node, dict) else range(len(node)):
            yield from places(node[key], (*path, key))


def mutated(data, draw):
    """A copy of `data` with one place changed, deleted, doubled or exchanged with another."""
    data = json.loads(json.dumps(data))
    paths = [path for path in places(data) if path]

    def at(path):
        node = data
        for key in path:
            node = node[key]
        return node

    path, other = draw.choice(paths), draw.choice(paths)
    parent, key, spare = at(path[:-1]), path[-1], json.dumps(at(other))
    action = draw.choice(["replace", "delete", "rename", "exchange", "double"])
    if action == "replace":
        parent[key] = draw.choice(NASTY)
    elif action == "delete":
        del parent[key]
    elif action == "rename" and isinstance(parent, dict):
        parent[draw.choice(["x", "feature", "arm", "levers", f"{key}s"])] = parent.pop(key)
    elif action == "exchange":
        parent[key] = json.loads(spare)
    elif isinstance(parent, list):
        parent.insert(key, parent[key])
    return data


@pytest.mark.parametrize("seed", range(20))
def test_mutants_are_read_or_refused(seed):
    """Structure-aware mutants of valid scenarios: no failure but InputError, always with a line."""
    draw = random.Random(seed)
    texts = (VALID, template("valid"), ALL_CHECKS.read_text(encoding="utf-8"))
    start = [parse_yaml(text).data for text in texts]
    for _ in range(20):
        data = draw.choice(start)
        for _ in range(draw.randint(1, 4)):
            data = mutated(data, draw) if data else data
        text = json.dumps(data, indent=1, ensure_ascii=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ImplausibleWarning)
            faults = faults_in(text)
        assert all(fault.line and fault.column for fault in faults), text


@pytest.mark.parametrize("seed", range(10))
def test_torn_text_is_read_or_refused(seed):
    """Lines and characters lost, doubled or shuffled: no failure but InputError."""
    draw = random.Random(seed)
    for _ in range(20):
        lines = VALID.splitlines(keepends=True)
        for _ in range(draw.randint(1, 3)):
            i, j = draw.randrange(len(lines)), draw.randrange(len(lines))
            k = draw.randrange(len(lines[i]) + 1)
            lines[i], lines[j] = draw.choice(
                [
                    (lines[j], lines[i]),
                    ("", lines[j]),
                    (lines[i] * 2, lines[j]),
                    (lines[i][:k] + draw.choice("{}[]:,&*!|>'\"%@#- \n") + lines[i][k:], lines[j]),
                    (lines[i][:k] + lines[i][k + 1 :], lines[j]),
                ]
            )
        assert all(fault.message for fault in faults_in("".join(lines)))
