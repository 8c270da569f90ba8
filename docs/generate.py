"""Write the parts of docs/ that follow from the code: ``python docs/generate.py``. A test checks them."""

import inspect
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import get_args, get_type_hints

from typer.models import OptionInfo

from mineru_cli import __version__
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
        "the model cannot be had or loaded, or no server answers; what needed none is written",
        "download it, give a folder, or take `--model nano`; start the server",
    ),
    ExitCode.OUTPUT_NOT_WRITABLE: (
        "the output cannot be written",
        "free space, check the rights; what is there is whole",
    ),
    ExitCode.OUTPUT_LOCKED: (
        "another run holds this output folder",
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
        "`INPUTS` are PDFs, pictures (PNG, JPEG, WebP, BMP, GIF, TIFF), folders of them, or globs. With `--show` they",
        "name a document and a chart to show, with `--merge` output folders.",
        "",
        f"Each option can also be set in `{CONFIG_FILE}` in the current folder (or the file of `--config`), by its",
        f"name with underscores (`max_side = 1024`), and by a variable (`{ENV_PREFIX}_MAX_SIDE=1024`). What is typed",
        "wins, then the variable, then the file.",
    ]
    for panel, options in _panels().items():
        lines += ["", f"## {panel}", "", "| option | default | what it does |", "|---|---|---|"]
        for option in options:
            text = option.text
            if option.choices:
                text += f" One of {', '.join(f'`{choice}`' for choice in option.choices)}."
            names = ", ".join(f"`{name}`" for name in option.names)
            default = option.default if option.default in {"-", "on"} else f"`{option.default}`"
            lines.append(f"| {names} | {default} | {text} |")
    lines += [
        "",
        "## Completion in the shell",
        "",
        "`mineru-extract --install-completion` sets it up for the shell it is typed in (bash, zsh, fish, PowerShell);",
        "`--show-completion` prints it, for those who set it up themselves.",
    ]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Option:
    """An option as the command declares it. ``default`` is ``-`` where there is none, ``on`` for a switch."""

    names: tuple[str, ...]
    text: str
    choices: tuple[str, ...]
    default: str
    takes_value: bool


def _panels() -> dict[str, list[_Option]]:
    """Every option by the heading of ``--help`` it stands under, from the signature of the command itself."""
    panels: dict[str, list[_Option]] = {}
    for name, annotation in get_type_hints(mineru_extract, include_extras=True).items():
        option = next(
            (extra for extra in getattr(annotation, "__metadata__", ()) if isinstance(extra, OptionInfo)), None
        )
        if option is None:
            continue
        default = inspect.signature(mineru_extract).parameters[name].default
        one = _Option(
            names=(option.default, *option.param_decls),
            text=re.sub(r"\[/?\w*\]", "", option.help).strip(),
            choices=tuple(choice for choice in get_args(annotation.__origin__) if isinstance(choice, str)),
            default="on" if default is True else str(default) if default else "-",
            takes_value=annotation.__origin__ is not bool and not option.count,
        )
        panels.setdefault(option.rich_help_panel, []).append(one)
    return panels


def manual() -> str:
    """The page for man(1)."""
    lines = [
        f'.TH MINERU-EXTRACT 1 "" "mineru-extract {__version__}" "User Commands"',
        ".SH NAME",
        r"mineru-extract \- the numbers of the charts in PDFs and pictures, as JSON and CSV",
        ".SH SYNOPSIS",
        r".B mineru-extract",
        r"[\fIOPTIONS\fR] \fIINPUTS\fR... \fB\-o\fR \fIFOLDER\fR",
        ".br",
        r"\fBmineru\-extract \-\-show\fR \fIFOLDER\fR [\fIDOCUMENT\fR [\fIFIGURE\fR]]",
        ".SH DESCRIPTION",
        _roff(
            "Reads the charts of PDFs, pictures (PNG, JPEG, WebP, BMP, GIF, TIFF), folders of them, or globs, and "
            "writes their numbers into a folder, or as JSON lines to standard output with -o -. Charts drawn as "
            "vectors are read from the PDF itself, the rest by a model. A run that was stopped goes on when it is "
            "started again."
        ),
        ".SH OPTIONS",
    ]
    for panel, options in _panels().items():
        lines.append(f".SS {panel}")
        for option in options:
            value = rf" \fI{'|'.join(map(_roff, option.choices)) or 'VALUE'}\fR" if option.takes_value else ""
            default = "" if option.default in {"-", "on"} else f" Default: {option.default}."
            names = ", ".join(rf"\fB{_roff(name)}\fR" for name in option.names)
            lines += [".TP", names + value, _roff(option.text + default)]
    lines += [".SH EXIT STATUS"]
    for code in ExitCode:
        lines += [".TP", rf"\fB{int(code)}\fR", _roff(MEANINGS[code][0].replace("`", ""))]
    lines += [
        ".SH ENVIRONMENT",
        _roff(
            f"Each option can be set by a variable, as {ENV_PREFIX}_MAX_SIDE=1024. What is typed wins, then the "
            "variable, then the file."
        ),
        ".SH FILES",
        ".TP",
        rf"\fI{_roff(CONFIG_FILE)}\fR",
        _roff("Defaults in the current folder: an option's name with underscores, as max_side = 1024."),
        ".SH EXAMPLES",
        ".nf",
        _roff("mineru-extract reports/ -o out/"),
        _roff("find reports -name '*.pdf' -print0 | mineru-extract --files-from - -0 -o out/"),
        _roff("mineru-extract --show out/ q3.pdf p003-f1"),
        ".fi",
    ]
    return "\n".join(lines) + "\n"


def _roff(text: str) -> str:
    """Text as roff has it: hyphens that can be copied, and no line that begins as a request."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{escaped}" if escaped.startswith((".", "'")) else escaped


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
        HERE / "mineru-extract.1": manual(),
        HERE / "exit-codes.md": exit_codes(),
        HERE / "schema/document-1.json": schema(Document),
        HERE / "schema/run-1.json": schema(RunReport),
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
