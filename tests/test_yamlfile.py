"""The strict YAML reader: what it takes, what it refuses, and that it always says where."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metabosim.errors import InputError
from metabosim.yamlfile import MAX_BYTES, Place, field_name, load_yaml, parse_yaml


def refusals(text):
    """The messages a text is refused with."""
    with pytest.raises(InputError) as caught:
        parse_yaml(text, "f.yaml")
    return str(caught.value)


def test_plain_values():
    """Numbers are decimal, and whatever looks like one only in YAML 1.1 stays text."""
    text = "{a: 1e-3, b: no, c: 12:30, d: 0123, e: 1_000, f: 2001-01-01, g: true, h: ~, i: '5'}"
    assert parse_yaml(text).data == {
        "a": 0.001, "b": "no", "c": "12:30", "d": "0123", "e": "1_000", "f": "2001-01-01",
        "g": True, "h": None, "i": "5",
    }  # fmt: skip
    assert isinstance(parse_yaml("[5]").data[0], int)


def test_places():
    """Every key and value knows its line and column; a missing one is its parent's."""
    document = parse_yaml("a:\n  b: [1, {c: 2}]\nd: |\n  text\n", "f.yaml")
    assert document.place(("a", "b"), key=True) == Place(2, 3)
    assert document.place(("a", "b")) == Place(2, 6)
    assert document.place(("a", "b", 1, "c")) == Place(2, 14)
    assert document.place(("a", "x", "y"), key=True) == Place(2, 3)
    assert str(document.fault(("a", "b", 1, "c"), "bad")) == "f.yaml:2:14: a.b[1].c: bad"
    assert field_name(("a", 0, 1, "b")) == "a[0][1].b"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", "f.yaml:3:1: 'a' is given twice, first on line 1"),
        ("a: {b: 1, b: 2}", "f.yaml:1:11: 'b' is given twice"),
        ("a: &x 1\nb: *x", "f.yaml:2:4: alias '*x' is not allowed"),
        ("&x a: 1", "f.yaml:1:1: anchor '&x' is not allowed"),
        ("a: !!python/name:os.system x", "f.yaml:1:4: tag "),
        ("a: ! x", "f.yaml:1:4: tag '!' is not allowed"),
        ("%YAML 1.1\n---\na: no", "directives (%YAML, %TAG) are not allowed"),
        ("a: 1\n---\nb: 2", "f.yaml:2:1: a second document starts here"),
        ("", "f.yaml:1:1: the file has no content"),
        ("# nothing\n", "the file has no content"),
        ("---\n...\n", "the file has no content"),
        ("a:\n\t- 1", "f.yaml:2:1: character U+0009 is not allowed; indent with spaces"),
        ("a: x\x00y", "f.yaml:1:5: character U+0000 is not allowed"),
        ("a: \u202ex", "f.yaml:1:4: character U+202E is not allowed"),
        ('a: "x\\u202e"', "f.yaml:1:4: character U+202E is not allowed in text"),
        ('a: "\\ud800"', "character U+D800 is not allowed in text"),
        ("[" * 60_000, "f.yaml:1:21: nested deeper than 20 levels"),
        ("a: " * 30, "f.yaml:1:5: not YAML: mapping values are not allowed here"),
        ("1: a\nnull: b\ntrue: c", "f.yaml:3:1: key 'true' must be text; put it in quotes"),
        ("? [a]\n: 1", "f.yaml:1:3: a key must be text"),
        ("a: .nan", "f.yaml:1:4: '.nan' must be finite"),
        ("a: -.inf", "'-.inf' must be finite"),
        ("a: 1e400", "'1e400' must be finite"),
        ("a: " + "9" * 5000, "f.yaml:1:4: a number of 5000 characters"),
        ("a: [1, 2", "f.yaml:1:9: not YAML: while parsing a flow sequence"),
        ("a: 'x", "not YAML: while scanning a quoted scalar"),
    ],
)
def test_refusals(text, message):
    """Each trap of YAML is refused by name, with line and column."""
    assert message in refusals(text)


def test_all_faults_at_once():
    """A reader mends the file once, not once per fault."""
    assert len(refusals("a: 1\na: .inf\nb: &x 1\n2: *x").splitlines()) == 5


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: \xe9\n", "1:4: is not UTF-8; save it as UTF-8"),
        ("a: 1".encode("utf-16"), "is UTF-16, expected UTF-8"),
        (b"a: 1\n" + b"#" * MAX_BYTES, "larger than 64 kB"),
    ],
)
def test_bytes(tmp_path, content, message):
    """What is no text, or too much of it, is refused before it is parsed."""
    file = tmp_path / "f.yaml"
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"f\.yaml") as caught:
        load_yaml(file)
    assert message in str(caught.value)


def test_byte_order_mark_and_crlf(tmp_path):
    """Files from Windows editors are read as they are meant."""
    file = tmp_path / "f.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: x\r\n")
    assert load_yaml(file).data == {"a": 1, "b": "x"}


def test_things_that_are_not_files(tmp_path):
    """A missing file, a folder, a pipe or an impossible name is an error, and no hang."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, message in [
        (tmp_path / "none.yaml", "no such file"),
        (tmp_path, "folder|not a regular file"),
        (pipe, "not a regular file"),
        ("/dev/zero", "not a regular file"),
        ("a\x00b", "cannot be read"),
        ("a" * 5000, "cannot be read"),
    ]:
        with pytest.raises(InputError, match=message):
            load_yaml(path)


@given(st.text(alphabet="ab:-[]{}#&*!|>'\"%@` \n0.1?,~\\x", max_size=60))
def test_any_text_is_read_or_refused(text):
    """No text makes the reader fail in any way but its own."""
    try:
        document = parse_yaml(text)
    except InputError as error:
        assert all(fault.line for fault in error.faults)  # noqa: PT017 - both outcomes are right
    else:
        assert document.data is not None
