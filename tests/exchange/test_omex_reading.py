"""Reading an archive back: the same verdict, what was changed is said, and no harm from a harmful one."""

import shutil
import stat
import tempfile
import zipfile
from pathlib import Path

import pytest

from metabosim import cli
from metabosim.exchange import omex_reading
from metabosim.exchange.omex_parts import SCENARIO, contents, told
from metabosim.version import __version__


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """An empty current folder, and another for temporary files, which must be empty again in the end."""
    temporary, here = tmp_path / "temporary", tmp_path / "here"
    temporary.mkdir()
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    yield here
    assert list(temporary.iterdir()) == []
    assert {path.name for path in tmp_path.iterdir()} == {"temporary", "here"}


@pytest.fixture
def parts(archives):
    """place -> bytes of an archive of one's own."""
    with zipfile.ZipFile(archives["mine"]) as file:
        return {place: file.read(place) for place in file.namelist()}


def packed(path, parts):
    """An archive of these parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for place, content in parts.items():
            file.writestr(place, content)


def changed(parts, place, before, after):
    """The parts with one of them changed."""
    assert before in parts[place].decode()
    return parts | {place: parts[place].decode().replace(before, after).encode()}


def ran(path, capsys, code):
    """What is said on stderr when an archive is run, ending with an exit code."""
    assert cli.execute(["run", str(path), "--out", "out"]) == code
    return capsys.readouterr().err


def test_the_same_results(archives, own_scenario, elsewhere, capsys):
    """Every file written is the one that the scenario itself gives, and there is nothing to remark."""
    assert ran(archives["mine"], capsys, 0) == ""
    assert cli.execute(["run", str(own_scenario), "--out", "direct"]) == 0
    for name in ("verdict.json", "trajectories.csv", "plot.png", "plot.svg"):
        archived, direct = elsewhere / "out" / "mine" / name, elsewhere / "direct" / "mine" / name
        assert archived.read_bytes() == direct.read_bytes()


def test_check_reads_archives_too(archives, capsys):
    """Arms that have no SBML are run all the same, by metabosim."""
    assert cli.execute(["check", str(archives["incretin-effect"]), "--json"]) == 0
    archived = capsys.readouterr().out
    assert cli.execute(["check", "incretin-effect", "--json"]) == 0
    assert capsys.readouterr().out == archived


def test_a_changed_model_is_told_and_not_used(parts, capsys):
    """The scenario is what is run; that the SBML is no longer what was written is said."""
    other = changed(parts, "models/large.xml", "visceral", "central")
    packed("changed.omex", {name: other[name] for name in other if name != "models/small.xml"})
    said = ran("changed.omex", capsys, 0)
    assert (
        "changed.omex: 'models/large.xml' was changed since it was written; the run does not"
        in said
    )
    assert "changed.omex: 'models/small.xml' is missing" in said


def test_a_changed_scenario_is_told_and_used(parts, capsys):
    """What is run is what is in the archive now."""
    packed("changed.omex", changed(parts, "mine.yaml", "20 pmol/L", "2000 pmol/L"))
    assert "'mine.yaml' was changed since it was written" in ran("changed.omex", capsys, 1)


def test_another_version_is_told(parts, capsys):
    """An archive of another version runs, and whoever runs it knows."""
    written = f"softwareVersion>{__version__}<"
    packed("old.omex", changed(parts, "metadata.rdf", written, "softwareVersion>0.0.7<"))
    said = ran("old.omex", capsys, 0)
    assert f"it was written by metabosim 0.0.7, and is run by {__version__}" in said


@pytest.mark.parametrize(
    "metadata", [None, b"", b"<rdf", b"<!DOCTYPE a><a/>", "é".encode("utf-16")]
)
def test_without_hashes_nothing_can_be_told(parts, metadata, capsys):
    """Metadata that are missing, or not ours, are no reason not to run."""
    others = {name: content for name, content in parts.items() if name != "metadata.rdf"}
    packed("bare.omex", others if metadata is None else others | {"metadata.rdf": metadata})
    assert "whether it was changed cannot be told" in ran("bare.omex", capsys, 0)


def test_faults_are_told_as_of_the_archive(parts, capsys):
    """A fault of the scenario, or of a file that it names, has its line, and no temporary folder in it."""
    packed("wrong.omex", changed(parts, "mine.yaml", "insulin_secretion: 0", "insulin_secrtion: 0"))
    said = ran("wrong.omex", capsys, 2)
    assert said.splitlines()[-1].startswith("wrong.omex/mine.yaml:")
    assert "did you mean 'insulin_secretion'?" in said
    packed("wrong.omex", changed(parts, "people/me.yaml", "habitual_fat", "habitual_fta"))
    said = ran("wrong.omex", capsys, 2)
    assert "wrong.omex/people/me.yaml:" in said
    assert "temporary" not in said


def manifest_with(parts, *lines):
    """The manifest with more lines in it."""
    return (
        parts["manifest.xml"]
        .decode()
        .replace("</omexManifest>", "".join(lines) + "</omexManifest>")
    )


def other_scenario(parts):
    """Two scenarios, and both are listed as such."""
    line = f'<content location="./other.yaml" format="{SCENARIO}"/>'
    return parts | {"manifest.xml": manifest_with(parts, line), "other.yaml": parts["mine.yaml"]}


def bomb(parts):
    """A file that is a thousand times what it is packed to."""
    return parts | {"models/large.xml": b" " * 2**24}


WRONG = {
    "missing scenario": (
        lambda parts: {name: parts[name] for name in parts if name != "mine.yaml"},
        "has no 'mine.yaml', the scenario that manifest.xml lists",
    ),
    "no scenario listed": (
        lambda parts: changed(parts, "manifest.xml", SCENARIO, "http://example.org/other"),
        "has no scenario: manifest.xml lists no file of the format",
    ),
    "two scenarios": (other_scenario, "several files may be the scenario, expected one: 'mine.yaml', 'other.yaml'"),
    "a stray file": (
        lambda parts: parts | {"other.yaml": parts["mine.yaml"]},
        "several files may be the scenario, expected one: 'mine.yaml', 'other.yaml'",
    ),
    "no manifest": (
        lambda parts: {name: parts[name] for name in parts if name != "manifest.xml"},
        "has no manifest.xml, so it is no COMBINE archive",
    ),
    "manifest is no XML": (lambda parts: parts | {"manifest.xml": b"<a"}, "manifest.xml cannot be read"),
    "another root": (lambda parts: parts | {"manifest.xml": b"<a/>"}, "its root is 'a'"),
    "entities": (
        lambda parts: parts | {"manifest.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'},
        "declares a document type or entities",
    ),
    "bomb": (bomb, "a ZIP bomb?"),
    "upwards": (lambda parts: parts | {"../evil.yaml": b"a: 1"}, "'../evil.yaml', a name that leads out"),
    "deep upwards": (lambda parts: parts | {"a/../../evil": b""}, "a name that leads out"),
    "absolute": (lambda parts: parts | {"/tmp/evil.yaml": b"a: 1"}, "a name that leads out"),
    "of Windows": (lambda parts: parts | {"C:\\evil.yaml": b"a: 1"}, "a name that leads out"),
    "a control character": (lambda parts: parts | {"a\x1b[2Jb": b""}, r"'a\x1b[2Jb', a name"),
    "twice": (lambda parts: parts | {"MINE.yaml": b"a: 1"}, "'MINE.yaml' twice"),
    "many": (
        lambda parts: parts | {f"{i}.txt": b"" for i in range(omex_reading.MAX_FILES)},
        f"expected at most {omex_reading.MAX_FILES}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_archive_is_refused(case, parts, elsewhere, capsys):
    """Its file, what is wrong, what to do; exit code 2, no traceback, nothing written anywhere."""
    change, wanted = WRONG[case]
    packed("wrong.omex", change(parts))
    said = ran("wrong.omex", capsys, 2)
    assert all(line.startswith("wrong.omex: ") for line in said.splitlines())
    assert wanted in said
    assert "; write it anew with: metabosim export" in said or "; keep one" in said
    assert [path.name for path in elsewhere.iterdir()] == ["wrong.omex"]


def linked(file):
    """A symbolic link to a file outside."""
    info = zipfile.ZipInfo("link.yaml")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    file.writestr(info, "/etc/passwd")


def encrypted(file):
    """A file that says it is encrypted."""
    file.writestr("secret.xml", "secret")
    file.filelist[-1].flag_bits |= 1


def declared_huge(file):
    """A file that is said to be larger than anything."""
    file.writestr("huge.xml", "x" * 10**5)
    file.filelist[-1].file_size = 2**31
    file.filelist[-1].compress_size = 2**30


def packed_otherwise(file):
    """A file packed by a method that no archive of ours uses."""
    file.writestr("other.xml", "x", compress_type=zipfile.ZIP_LZMA)


@pytest.mark.parametrize(
    ("add", "wanted"),
    [
        (linked, "'link.yaml', which is a link or no file"),
        (encrypted, "'secret.xml', which is encrypted"),
        (declared_huge, "MB when unpacked"),
        (packed_otherwise, "packed in a way that no archive of ours is"),
    ],
)
def test_a_harmful_list_of_contents_is_refused(add, wanted, archives, elsewhere, capsys):
    """Before anything is read."""
    shutil.copy(archives["mine"], "wrong.omex")
    with zipfile.ZipFile("wrong.omex", "a") as file:
        add(file)
    assert wanted in ran("wrong.omex", capsys, 2)
    assert [path.name for path in elsewhere.iterdir()] == ["wrong.omex"]


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9, 0.99])
def test_torn_and_overwritten_archives(place, archives, capsys):
    """Cut short, or with a hole in it, wherever that is: told, and never with a traceback."""
    whole = archives["mine"].read_bytes()
    at = int(place * len(whole))
    Path("torn.omex").write_bytes(whole[:at])
    assert "is no ZIP file, or a broken one" in ran("torn.omex", capsys, 2)
    Path("torn.omex").write_bytes(whole[:at] + bytes(64) + whole[at + 64 :])
    assert "torn.omex: " in ran("torn.omex", capsys, 2)


def test_what_is_no_archive(elsewhere, capsys):
    """A file that is not there, a folder, an empty file, text."""
    assert "none.omex: no such file" in ran("none.omex", capsys, 2)
    (elsewhere / "folder.omex").mkdir()
    assert "folder.omex: is not a regular file" in ran("folder.omex", capsys, 2)
    for content in (b"", b"schema: 1\n"):
        (elsewhere / "text.omex").write_bytes(content)
        assert "text.omex: is no ZIP file" in ran("text.omex", capsys, 2)


def test_a_file_too_large_is_not_opened(elsewhere, monkeypatch, capsys):
    """The limit is on the file as it lies there."""
    monkeypatch.setattr(omex_reading, "MAX_PACKED", 2**20)
    (elsewhere / "large.omex").write_bytes(bytes(2**20 + 1))
    assert "large.omex: is larger than 1 MB" in ran("large.omex", capsys, 2)


def test_manifest_and_metadata_say_the_same_files(parts):
    """Every file but the two themselves is listed with a format and has a hash."""
    others = set(parts) - {"manifest.xml", "metadata.rdf"}
    assert set(contents(parts["manifest.xml"])) - {".", "manifest.xml", "metadata.rdf"} == others
    known = told(parts["metadata.rdf"])
    assert set(known.hashes) == others
    assert known.version == __version__
