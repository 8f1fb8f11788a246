"""What the package never does: runs text as code, loads what could be code, or reaches for a network."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import metabosim

PACKAGE = Path(metabosim.__file__).parent
# calls that run text as code, or unpack what may be code; `sympify` and its like read text as Python
RUNS_TEXT = {"eval", "exec", "compile", "__import__", "sympify", "parse_expr", "lambdify", "system"}
UNPACKS = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "joblib", "yaml"}
UNPACKS_TOO = {"read_pickle", "unsafe_load", "full_load"}
CONNECTS = {"socket", "ssl", "http", "urllib.request", "ftplib", "smtplib", "xmlrpc", "requests", "httpx", "aiohttp",
            "asyncio", "webbrowser", "distributed"}  # fmt: skip
KNOWN = {
    ("cli/__init__.py", "exec"): "of no text at all, so that Python forgets an interrupt",
    ("exchange/named.py", "compile"): "of this package's own equations, with their names kept",
    ("exchange/named.py", "exec"): "the same",
    ("exchange/tidy.py", "sympify"): "of an expression that sympy made",
    ("exchange/wiring_graph.py", "lambdify"): "of the equations",
    ("trace.py", "sympify"): "of the equations' values, which are numbers and expressions",
    ("cli/lab.py", "webbrowser"): "opens the page that was written, with --open",
    ("population/workers.py", "distributed"): "--cluster",
}


def uses(tree: ast.AST) -> Iterator[str]:
    """Whatever in a module is among those."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in RUNS_TEXT | UNPACKS_TOO:
            yield node.id
        if isinstance(node, ast.Attribute) and node.attr in (RUNS_TEXT | UNPACKS_TOO) - {"compile"}:
            yield node.attr  # a method `compile` is that of patterns
        if isinstance(node, ast.keyword) and node.arg in {"shell", "allow_pickle"}:
            yield node.arg
        for module in imported(node):
            yield from (UNPACKS | CONNECTS) & {module, module.split(".")[0]}


def imported(node: ast.AST) -> list[str]:
    """The modules that a piece of source imports, or asks for by name."""
    if isinstance(node, ast.Import):
        return [one.name for one in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
    if isinstance(node, ast.Call):
        return [
            one.value
            for one in node.args[:1]
            if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]
    return []


def modules() -> dict[str, ast.Module]:
    """Every module of the package, parsed, by its path within."""
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def test_no_text_runs_as_code_and_nobody_connects() -> None:
    """But for the few places above, each with its reason; one that is gone leaves the list."""
    found = {(name, use) for name, tree in modules().items() for use in uses(tree)}
    assert found == set(KNOWN)


def test_no_yaml_reader_makes_objects() -> None:
    """ruamel's "safe" one and the default, which keeps comments and knows no more types; nothing else is asked for."""
    made = [
        {word.arg: ast.literal_eval(word.value) for word in node.keywords}
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "YAML"
    ]
    assert made
    assert all(one.get("typ", "rt") in {"safe", "rt"} for one in made)


def test_the_search_sees_what_it_should() -> None:
    """Each way of doing it is found in a module that does it."""
    for text, use in {
        "eval(x)": "eval",
        "import os\nos.system(x)": "system",
        "from pickle import loads": "pickle",
        "import urllib.request": "urllib.request",
        "from urllib import request": "urllib.request",
        "import http.client": "http",
        "import_module('socket')": "socket",
        "sympy.sympify(x)": "sympify",
        "subprocess.run(x, shell=True)": "shell",
        "pandas.read_pickle(x)": "read_pickle",
    }.items():
        assert use in set(uses(ast.parse(text))), text
    assert not set(uses(ast.parse("import re\nre.compile(x)\nfrom urllib.parse import quote")))
