"""Write the parts of docs/ that follow from the code: ``python docs/generate.py``. A test checks them."""

import inspect
import json
import re
from pathlib import Path
from typing import get_args, get_type_hints

from typer.models import OptionInfo

from mineru_cli.app import CONFIG_FILE, ENV_PREFIX, mineru_extract
from mineru_cli.errors import ExitCode
from mineru_cli.schema import Document, RunReport

HERE = Path(__file__).parent

MEANINGS = {
    ExitCode.OK: ("all done, or there was nothing left to do", "-"),
    ExitCode.BUG: ("a bug: the traceback is on stderr", "report it with the file and the output of `-vv`"),
    ExitCode.USAGE: ("an option or argument is wrong", "the message names it and the cure"),
    ExitCode.NO_INPUT: ("nothing to read in what was named", "check the paths, `--include` and `--exclude`"),
    ExitCode.SOME_FAILED: (
        "some inputs failed, in whole or in part; the rest is written",
        "see `failures` in run.json",
    ),
    ExitCode.ALL_FAILED: ("every input failed", "see `failures` in run.json"),
    ExitCode.MISSING_DEPENDENCY: ("an optional package is missing", "the message has the pip command"),
    ExitCode.ENGINE_UNAVAILABLE: (
        "the model cannot be had or loaded; what needed no model is written",
        "download it, give a folder, or `--model nano` for a try",
    ),
    ExitCode.OUTPUT_NOT_WRITABLE: (
        "the output cannot be written",
        "free space, check the rights; what is there is whole",
    ),
    ExitCode.OUTPUT_LOCKED: (
        "another run holds this output folder (reserved)",
        "wait for it, or choose another folder",
    ),
    ExitCode.INTERRUPTED: ("interrupted (Ctrl-C)", "finished documents are written; run it again to go on"),
    ExitCode.TERMINATED: ("terminated (SIGTERM)", "finished documents are written; run it again to go on"),
}


def cli() -> str:
    """Every option, from the signature of the command itself."""
    lines = [
        "# The command line",
        "",
        "```",
        "mineru-extract [OPTIONS] INPUTS...",
        "```",
        "",
        "`INPUTS` are PDFs, pictures (PNG, JPEG, WebP, BMP, GIF, TIFF), folders of them, or globs.",
        "",
        f"Each option can also be set in `{CONFIG_FILE}` in the current folder (or the file of `--config`), by its",
        f"name with underscores (`max_side = 1024`), and by a variable (`{ENV_PREFIX}_MAX_SIDE=1024`). What is typed",
        "wins, then the variable, then the file.",
    ]
    panel = ""
    for name, annotation in get_type_hints(mineru_extract, include_extras=True).items():
        option = next(
            (extra for extra in getattr(annotation, "__metadata__", ()) if isinstance(extra, OptionInfo)), None
        )
        if option is None:
            continue
        if option.rich_help_panel != panel:
            panel = option.rich_help_panel
            lines += ["", f"## {panel}", "", "| option | default | what it does |", "|---|---|---|"]
        text = re.sub(r"\[/?\w*\]", "", option.help).strip()
        choices = [choice for choice in get_args(annotation.__origin__) if isinstance(choice, str)]
        if choices:
            text += f" One of {', '.join(f'`{choice}`' for choice in choices)}."
        names = ", ".join(f"`{declared}`" for declared in (option.default, *option.param_decls))
        default = inspect.signature(mineru_extract).parameters[name].default
        lines.append(f"| {names} | {_as_text(default)} | {text} |")
    return "\n".join(lines) + "\n"


def _as_text(default: object) -> str:
    if default is True:
        return "on"
    return f"`{default}`" if default else "-"


def exit_codes() -> str:
    """The table of exit codes."""
    lines = [
        "# Exit codes",
        "",
        "A stable interface: scripts may rely on it.",
        "",
        "| code | meaning | what to do |",
        "|---|---|---|",
    ]
    lines += [f"| {int(code)} | {MEANINGS[code][0]} | {MEANINGS[code][1]} |" for code in ExitCode]
    return "\n".join(lines) + "\n"


def schema(model: type[Document | RunReport]) -> str:
    """The JSON Schema of a record as it is written."""
    return json.dumps(model.model_json_schema(by_alias=True, mode="serialization"), indent=2) + "\n"


def pages() -> dict[Path, str]:
    """What the generated files should hold."""
    return {
        HERE / "cli.md": cli(),
        HERE / "exit-codes.md": exit_codes(),
        HERE / "schema/document-1.json": schema(Document),
        HERE / "schema/run-1.json": schema(RunReport),
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
