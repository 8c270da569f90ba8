"""The rules of the house, as docs/architecture.md states them."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "mineru_cli"
MODULES = sorted(PACKAGE.rglob("*.py"))

# What a module may import, by layer: a layer sees those below it, and itself.
LAYERS = [
    {"__main__"},
    {"app"},
    {"console", "terminal"},
    {"batch"},
    {"cluster"},
    {"pipeline"},
    {"intake"},
    {"arrivals"},
    {"ledger"},
    {"pages", "exact", "engines", "outputs", "sources", "assembly", "results", "resume", "show", "tally"}
    | {"listener", "doctor", "interruption", "remote"},
    {"reply", "numbers", "calibration"},
    {"schema", "options", "shards"},
    {"errors"},
]
HEAVY = {
    "torch",
    "transformers",
    "pymupdf",
    "PIL",
    "numpy",
    "accelerate",
    "safetensors",
    "skimage",
    "deskew",
    "ray",
    "vl_convert",
}


def layer(part):
    return next(index for index, names in enumerate(LAYERS) if part in names)


def top(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path):
    if path.name == "__init__.py" and path.parent == PACKAGE:
        return
    for name, _ in imports(ast.parse(path.read_text())):
        if name.startswith("mineru_cli."):
            part = name.split(".")[1]
            assert part == top(path) or layer(part) >= layer(top(path)), f"{path} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text())), path


@pytest.mark.parametrize(
    ("library", "home"),
    [
        ("typer", {"app"}),
        ("rich", {"console", "terminal"}),
        ("tempfile", {"outputs", "remote"}),
        ("fsspec", {"remote"}),
        ("upath", {"outputs"}),
        ("tenacity", {"remote"}),
        ("vl_convert", {"outputs"}),
        ("pymupdf", {"pages", "exact"}),
    ],
)
def test_a_library_has_one_home(library, home):
    for path in MODULES:
        for name, _ in imports(ast.parse(path.read_text())):
            if name.split(".")[0] == library:
                assert top(path) in home, f"{path} imports {library}"


def test_nothing_heavy_is_loaded_for_help():
    code = (
        "import sys, json\nfrom mineru_cli.__main__ import run\n"
        "run(['--help'])\nprint('\\n' + json.dumps(sorted(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded = {name.split(".")[0] for name in json.loads(out.splitlines()[-1])}
    assert not loaded & HEAVY


def test_nobody_prints_or_leaves():
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "print", path
            if isinstance(node, ast.Attribute) and node.attr == "exit" and path.name != "__main__.py":
                assert not (isinstance(node.value, ast.Name) and node.value.id == "sys"), path


def test_every_exception_is_caught_at_a_guard_only():
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler) and isinstance(node.type, ast.Name):
                assert node.type.id not in {"Exception", "BaseException"} or path.name in {
                    "pipeline.py",
                    "workers.py",
                }, path


def test_the_map_of_exact_names_each_module_once():
    folder = PACKAGE / "exact"
    described = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    for module in {path.stem for path in folder.glob("*.py")} - {"__init__", "page"}:
        assert described.count(f"`{module}`") == 1, module
