"""Subject and therapy files: found by name or path, checked field by field."""

import warnings

import pytest

from metabosim.errors import ImplausibleWarning, InputError
from metabosim.subjects import list_subjects, load_subject, settable_parameters
from metabosim.therapies import list_therapies, load_therapy, slot_parameters

SUBJECT = """\
id: me
title: Myself
text: A copy of the reference person.
parameters: {muscle_uptake: 0.001}
sources: ["assumption: an example"]
"""
THERAPY = """\
id: my-drug
title: My drug
text: Made up.
kind: GLP-1 receptor agonist
molar_mass_g_mol: 4113.6
parameters: {absorption: 0.025, elimination: 0.01, volume: 7.7}
sources: [Overgaard 2019]
"""


def written(tmp_path, name, text):
    """A file of that name and text."""
    file = tmp_path / f"{name}.yaml"
    file.write_text(text)
    return file


def refusal(load, file):
    """The message a file is refused with."""
    with pytest.raises(InputError) as caught:
        load(file)
    return str(caught.value)


def test_bundled_files_load_without_a_warning():
    """Everything that is listed can be loaded, and is plausible."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [load_subject(name).id for name in list_subjects()] == list_subjects()
        assert [load_therapy(name).id for name in list_therapies()] == list_therapies()


def test_own_files(tmp_path):
    """A copied and changed file is as good as a bundled one."""
    name, info = next(iter(settable_parameters().items()))
    middle = (info.low + info.high) / 2
    text = SUBJECT.replace("muscle_uptake: 0.001", f"{name}: {middle}")
    assert load_subject(written(tmp_path, "me", text)).parameters == {name: middle}
    therapy = load_therapy(str(written(tmp_path, "my-drug", THERAPY)))
    assert therapy.molar_mass_g_mol == 4113.6
    assert therapy.column == "drug_my_drug_nmol_l"
    assert set(therapy.parameters) <= set(slot_parameters())


def test_own_file_is_read_again_after_an_edit(tmp_path):
    """Only bundled files are remembered."""
    file = written(tmp_path, "my-drug", THERAPY)
    load_therapy(file)
    file.write_text(THERAPY.replace("My drug", "Changed"))
    assert load_therapy(file).title == "Changed"


def test_names_that_do_not_exist():
    """A misspelt name is answered with the nearest one or the list."""
    assert "did you mean 'lean-healthy'?" in refusal(load_subject, "lean-helthy")
    assert "unknown therapy 'zzz'" in refusal(load_therapy, "zzz")
    assert "no such file" in refusal(load_subject, "none.yaml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title: My drug", "", "my-drug.yaml:1:1: 'title' is missing"),
        ("title:", "titel: x\ntitle:", "2:1: titel: unknown field 'titel'; did you mean 'title'?"),
        ("id: my-drug", "id: other", "1:5: id: 'other' is not the file's name; write 'my-drug'"),
        ("id: my-drug", "id: My Drug", "id: expected lower-case words joined by '-'"),
        ("text: Made up.", "text: 5", "text: expected some text"),
        ("4113.6", "0", "molar_mass_g_mol: expected a number above 0"),
        ("4113.6", "true", "molar_mass_g_mol: expected a number above 0"),
        ("volume: 7.7", "volume: 0", "parameters.volume: must be above 0, got 0; plausible: 1 to"),
        ("volume: 7.7", "volume: 7 L", "parameters.volume: expected a number in L, without"),
        ("volume: 7.7", "volme: 7", "6:52: parameters.volme: unknown parameter 'volme'; did you"),
        ("[Overgaard 2019]", "[]", "sources: expected a list of citations"),
        ("[Overgaard 2019]", "x", "sources: expected a list of citations"),
        ("id: my-drug", "- a", "not YAML"),
    ],
)
def test_refusals(tmp_path, old, new, message):
    """Each fault says where it is and what would mend it."""
    assert message in refusal(load_therapy, written(tmp_path, "my-drug", THERAPY.replace(old, new)))


def test_list_at_the_top(tmp_path):
    """A file that is a list is no subject."""
    assert "expected fields" in refusal(load_subject, written(tmp_path, "me", "[1, 2]"))


def test_implausible_is_a_warning(tmp_path):
    """A legal value outside the plausible range is allowed, and said."""
    file = written(tmp_path, "my-drug", THERAPY.replace("volume: 7.7", "volume: 5000"))
    with pytest.warns(
        ImplausibleWarning, match=r"6:.*volume: 5000 is implausible; plausible: 1 to"
    ):
        assert load_therapy(file).parameters["volume"] == 5000
