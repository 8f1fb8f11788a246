"""The declared sampler: who is drawn depends on seed and number alone, and bad files are told in words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metabosim.errors import InputError
from metabosim.population import list_samplers, load_sampler
from metabosim.subjects import settable_parameters

SAMPLER = load_sampler()


def test_every_bundled_sampler_loads():
    """And says what it is from."""
    assert "adults" in list_samplers()
    for name in list_samplers():
        assert load_sampler(name).sources


@given(st.integers(0, 2**63 - 1), st.integers(0, 10**7), st.integers(0, 49))
@settings(max_examples=50, deadline=None)
def test_people_are_decided_by_seed_and_number(seed, number, attempt):
    """The same draw again; another seed, number or try is somebody else."""
    factors = SAMPLER.factors(seed, number, attempt)
    assert np.all(factors > 0.0)
    np.testing.assert_array_equal(factors, SAMPLER.factors(seed, number, attempt))
    assert not np.allclose(factors, SAMPLER.factors(seed, number + 1, attempt))
    assert not np.allclose(factors, SAMPLER.factors(seed, number, attempt + 1))


def test_spreads_and_correlations_are_as_declared():
    """Over many people, standard deviations and correlations of the logarithms are those of the file."""
    logs = np.log([SAMPLER.factors(1, n) for n in range(8000)])
    np.testing.assert_allclose(np.std(logs, axis=0), list(SAMPLER.spread.values()), rtol=0.04)
    seen = np.corrcoef(logs.T)
    declared = SAMPLER.root @ SAMPLER.root.T
    assert np.max(np.abs(seen - declared)) < 0.05


def test_people_stay_within_declared_ranges():
    """However far the deviate, a parameter keeps to what the body calls plausible."""
    ranges = settable_parameters()
    own = {name: ranges[name].high for name in SAMPLER.names}
    person = SAMPLER.person(own, np.full(len(SAMPLER.names), 50.0))
    assert all(person[name] == ranges[name].high for name in SAMPLER.names)


FAULTS = {
    "spread:\n  gsh: 0.1": "unknown parameter 'gsh'",
    "spread:\n  lipolysis: -0.1": "SD of a logarithm",
    "spread:\n  lipolysis: 40": "SD of a logarithm",
    "spread: []": "expected parameters and numbers",
    "spread:\n  lipolysis: 0.1\ncorrelations:\n  - [lipolysis, ffa_load, 0.3]": "is not spread",
    "spread:\n  lipolysis: 0.1\n  craving: 0.1\ncorrelations:\n  - [lipolysis, craving, 1.2]": "between -1 and 1",
    "spread:\n  lipolysis: 0.1\ncorrelations:\n  - [lipolysis, lipolysis, 0.2]": "the same twice",
    "spread:\n  lipolysis: 0.1\ncorrelations: 3": "expected a list",
    "spread:\n  lipolysis: 0.1\nplausible:\n  sugar: [1, 2]": "unknown observable",
    "spread:\n  lipolysis: 0.1\nplausible:\n  glucose_mmol_l: [2, 1]": "low below high",
    "spread:\n  lipolysis: 0.1\nspreads: 1": "unknown field 'spreads'",
    (
        "spread: {lipolysis: 0.1, craving: 0.1, ffa_load: 0.1}\n"
        "correlations: [[lipolysis, craving, 0.9], [craving, ffa_load, 0.9], [lipolysis, ffa_load, -0.9]]"
    ): "contradict each other",
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_bad_file_is_told(tmp_path, text):
    """What is wrong, with file and line; no traceback of ours."""
    given_fields = {line.split(":")[0] for line in text.splitlines() if not line.startswith(" ")}
    rest = {
        "id": "mine", "title": "Mine", "text": "Some.", "correlations": "[]", "plausible": "{}",
        "sources": "[assumption]",
    }  # fmt: skip
    lines = [f"{name}: {value}" for name, value in rest.items() if name not in given_fields]
    file = tmp_path / "mine.yaml"
    file.write_text("\n".join([*lines, text]) + "\n")
    with pytest.raises(InputError) as caught:
        load_sampler(file)
    assert FAULTS[text] in str(caught.value)
    assert all(fault.file and fault.line for fault in caught.value.faults)


def test_an_unknown_sampler_is_told():
    """With the nearest name."""
    with pytest.raises(InputError, match="did you mean 'adults'"):
        load_sampler("adult")
