"""The command line: flags to `Options`, nothing else.

Comes in: argv, ``MINERU_EXTRACT_*`` variables, mineru-extract.toml. Goes out: a call of `batch.run` and its exit
code. The only module that knows Typer; it must import fast, so that ``--help`` answers at once.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from mineru_cli import __version__
from mineru_cli.errors import ExitCode, UsageError
from mineru_cli.options import (
    DEFAULT_MODEL,
    Binarize,
    EngineName,
    Hub,
    Layout,
    LogFormat,
    OnOom,
    Options,
    Precision,
    Talk,
    parse_size,
)

CONFIG_FILE: Final = "mineru-extract.toml"
ENV_PREFIX: Final = "MINERU_EXTRACT"

# Typer has its own copy of Click; its errors are reached through the one name that is public.
CommandLineError: type[Exception] = next(
    kind for kind in typer.BadParameter.__mro__ if issubclass(kind, Exception) and kind.__name__ == "ClickException"
)

_DEFAULTS = Options()
_INPUT, _PAGES, _MODEL, _OUTPUT, _ABOUT = "Input", "Pages and figures", "Model", "Output", "About this run"
_EPILOG = (
    f"Defaults come from {CONFIG_FILE} in the current folder and from {ENV_PREFIX}_* variables, as in "
    f"{ENV_PREFIX}_MODEL=nano; what is typed wins. Exit codes: 0 done, 2 usage, 3 no input, 4 some inputs failed, "
    "5 all failed, 6 package missing, 7 model unavailable, 8 output not writable."
)

app = typer.Typer(
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": ENV_PREFIX},
    rich_markup_mode="rich",
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _option(*names: str, panel: str, help: str, **more: Any) -> Any:  # noqa: A002 - Typer's own word
    return typer.Option(*names, help=help, rich_help_panel=panel, show_envvar=False, **more)


def _read_config(ctx: typer.Context, path: Path | None) -> Path | None:
    """Take defaults from a TOML file before the other options are looked at."""
    file = path or Path(CONFIG_FILE)
    if path is None and not file.is_file():
        return None
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        problem = f"--config {file} cannot be read ({error})"
        raise UsageError(problem, cure="It is TOML, as in: model = 'nano'") from error
    known = {parameter.name for parameter in ctx.command.params} - {"config", "help"}
    defaults = {name.replace("-", "_"): value for name, value in values.items()}
    for name in defaults:
        if name not in known:
            raise UsageError(
                f"{file} sets {name!r}, which is no option", cure="See mineru-extract --help; write max_side = 1024"
            )
    ctx.default_map = {name: _as_typed(value) for name, value in defaults.items()}
    return file


def _as_typed(value: Any) -> Any:
    """``format = ["csv", "jsonl"]`` is as good as ``"csv,jsonl"`` where one value is taken."""
    return [str(item) for item in value] if isinstance(value, list) else value


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mineru-extract {__version__}")
        raise typer.Exit


@app.command(epilog=_EPILOG)
def mineru_extract(  # noqa: PLR0913, PLR0917 - one parameter an option is what Typer reads
    ctx: typer.Context,
    inputs: Annotated[
        list[str] | None, typer.Argument(help="PDFs, pictures, folders of them, or globs.", show_default=False)
    ] = None,
    output: Annotated[
        str | None,
        _option("-o", "--output", panel=_OUTPUT, help="Folder for the results, or - for JSON lines on stdout."),
    ] = None,
    format: Annotated[  # noqa: A002 - the option's name
        str, _option("--format", panel=_OUTPUT, help="Beside the JSON of each document: csv, jsonl, or both.")
    ] = ",".join(_DEFAULTS.output.formats),
    force: Annotated[bool, _option("--force", panel=_OUTPUT, help="Read again what is finished.")] = False,
    retry_failed: Annotated[
        bool, _option("--retry-failed", panel=_OUTPUT, help="Read again what had failures.")
    ] = False,
    reparse: Annotated[
        bool,
        _option("--reparse", panel=_OUTPUT, help="Take the model's stored answers apart again."),
    ] = False,
    files_from: Annotated[
        str | None, _option("--files-from", panel=_INPUT, help="Read more paths from a file, or from stdin with -.")
    ] = None,
    null_separated: Annotated[
        bool,
        _option("-0", "--null", panel=_INPUT, help="The paths of --files-from end in NUL, as find -print0 writes."),
    ] = False,
    include: Annotated[
        list[str] | None, _option("--include", panel=_INPUT, help="Only files that match this glob. Repeatable.")
    ] = None,
    exclude: Annotated[
        list[str] | None, _option("--exclude", panel=_INPUT, help="No files that match this glob. Repeatable.")
    ] = None,
    max_file_size: Annotated[str, _option("--max-file-size", panel=_INPUT, help="Skip larger files.")] = "2GiB",
    max_pages: Annotated[
        int, _option("--max-pages", panel=_INPUT, help="Skip documents with more pages.")
    ] = _DEFAULTS.input.max_pages,
    password: Annotated[
        str | None, _option("--password", panel=_INPUT, help="For encrypted PDFs.", show_default=False)
    ] = None,
    max_side: Annotated[
        int, _option("--max-side", panel=_PAGES, help="Pixels of a figure's longest side.")
    ] = _DEFAULTS.pages.max_side,
    min_side: Annotated[
        int, _option("--min-side", panel=_PAGES, help="Never shrink a figure below this.")
    ] = _DEFAULTS.pages.min_side,
    max_pixels: Annotated[
        int, _option("--max-pixels", panel=_PAGES, help="Refuse pictures with more pixels.")
    ] = _DEFAULTS.pages.max_pixels,
    binarize: Annotated[
        Binarize, _option("--binarize", panel=_PAGES, help="Turn to black and white; auto: only two-toned grey scans.")
    ] = _DEFAULTS.pages.binarize,
    deskew: Annotated[
        bool, _option("--deskew/--no-deskew", panel=_PAGES, help="Straighten scans.")
    ] = _DEFAULTS.pages.deskew,
    layout: Annotated[
        Layout, _option("--layout", panel=_PAGES, help="Let the model look for figures in pictures.")
    ] = _DEFAULTS.pages.layout,
    tables: Annotated[bool, _option("--tables", panel=_PAGES, help="Read tables too.")] = _DEFAULTS.pages.tables,
    debug_overlay: Annotated[
        bool, _option("--debug-overlay", panel=_PAGES, help="Write what was read exactly drawn back over its crop.")
    ] = _DEFAULTS.pages.debug_overlay,
    workers: Annotated[
        int | None, _option("--workers", panel=_PAGES, help="Processes that read pages; as many as fit if not given.")
    ] = _DEFAULTS.workers.workers,
    page_timeout: Annotated[
        float, _option("--page-timeout", panel=_PAGES, help="Seconds for one page.")
    ] = _DEFAULTS.workers.page_timeout,
    worker_memory: Annotated[str, _option("--worker-memory", panel=_PAGES, help="Memory for one process.")] = "4GiB",
    engine: Annotated[
        EngineName,
        _option("--engine", panel=_MODEL, help="Read vector charts exactly and the rest by the model, or one alone."),
    ] = _DEFAULTS.engine.engine,
    model: Annotated[
        str,
        _option(
            "--model", panel=_MODEL, help=f"A hub name, a folder, nano (bundled, for a try), or auto: {DEFAULT_MODEL}."
        ),
    ] = _DEFAULTS.engine.model,
    hub: Annotated[Hub, _option("--hub", panel=_MODEL, help="Where a name is looked up.")] = _DEFAULTS.engine.hub,
    device: Annotated[
        str, _option("--device", panel=_MODEL, help="auto, cuda, cuda:N, cpu or mps.")
    ] = _DEFAULTS.engine.device,
    precision: Annotated[
        Precision, _option("--precision", panel=_MODEL, help="Number format of the weights.")
    ] = _DEFAULTS.engine.precision,
    batch: Annotated[
        int | None, _option("--batch", panel=_MODEL, help="Answers decoded together; chosen to fit if not given.")
    ] = _DEFAULTS.engine.batch,
    gpu_memory: Annotated[
        str | None, _option("--gpu-memory", panel=_MODEL, help="Take no more than this, as in 4GiB.")
    ] = None,
    on_oom: Annotated[
        OnOom, _option("--on-oom", panel=_MODEL, help="When memory runs out: go on with less, or stop.")
    ] = _DEFAULTS.engine.on_oom,
    offload_dir: Annotated[
        str | None, _option("--offload-dir", panel=_MODEL, help="Folder for weights that fit nowhere else.")
    ] = _DEFAULTS.engine.offload_dir,
    max_new_tokens: Annotated[
        int, _option("--max-new-tokens", panel=_MODEL, help="Longest answer, in tokens.")
    ] = _DEFAULTS.engine.max_new_tokens,
    answer_seconds: Annotated[
        float, _option("--answer-seconds", panel=_MODEL, help="Longest time for one answer.")
    ] = _DEFAULTS.engine.answer_seconds,
    dry_run: Annotated[bool, _option("--dry-run", panel=_ABOUT, help="List what would be read, and stop.")] = False,
    log_file: Annotated[
        Path | None, _option("--log-file", panel=_ABOUT, help="Append a record of each event to this file.")
    ] = None,
    log_format: Annotated[LogFormat, _option("--log-format", panel=_ABOUT, help="Form of these records.")] = "text",
    doctor: Annotated[
        bool, _option("--doctor", panel=_ABOUT, help="Tell what this machine has and the plan a run would make.")
    ] = False,
    quiet: Annotated[bool, _option("-q", "--quiet", panel=_ABOUT, help="Say nothing but failures.")] = False,
    verbose: Annotated[
        int, _option("-v", "--verbose", panel=_ABOUT, help="Say more; -vv for all.", count=True, show_default=False)
    ] = 0,
    config: Annotated[  # noqa: ARG001 - read by its callback, before the others
        Path | None,
        _option(
            "--config",
            panel=_ABOUT,
            help=f"TOML file with defaults.  [dim]default: {CONFIG_FILE}[/]",
            callback=_read_config,
            is_eager=True,
            show_default=False,
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001 - acts in its callback
        bool, _option("--version", panel=_ABOUT, help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> int:
    """Read the numbers of the charts in PDFs and pictures, and write them as JSON and CSV.

    [dim]mineru-extract reports/ -o out/[/]
    """
    if not (inputs or doctor) and files_from is None:
        typer.echo(ctx.get_help())
        return ExitCode.USAGE
    if output is None and not (dry_run or doctor):
        raise UsageError("-o is missing", cure="Say where the results go, as in -o out/, or -o - for stdout")
    options = Options.from_flat(
        {
            "inputs": inputs or [],
            "files_from": files_from,
            "null_separated": null_separated,
            "include": include or [],
            "exclude": exclude or [],
            "max_file_size": parse_size("--max-file-size", max_file_size),
            "max_pages": max_pages,
            "password": password,
            "max_side": max_side,
            "min_side": min_side,
            "max_pixels": max_pixels,
            "binarize": binarize,
            "deskew": deskew,
            "layout": layout,
            "tables": tables,
            "debug_overlay": debug_overlay,
            "workers": workers,
            "page_timeout": page_timeout,
            "worker_memory": parse_size("--worker-memory", worker_memory),
            "engine": engine,
            "model": model,
            "hub": hub,
            "device": device,
            "precision": precision,
            "batch": batch,
            "gpu_memory": None if gpu_memory is None else parse_size("--gpu-memory", gpu_memory),
            "on_oom": on_oom,
            "offload_dir": offload_dir,
            "max_new_tokens": max_new_tokens,
            "answer_seconds": answer_seconds,
            "output": output or "-",
            "force": force,
            "retry_failed": retry_failed,
            "reparse": reparse,
            "formats": [name for name in re.split(r"[,\s]+", format) if name],
        }
    )
    if doctor:
        return _examine(options)
    if dry_run:
        _list_inputs(options)
        return ExitCode.OK
    return _run(options, Talk(quiet=quiet, verbosity=verbose, log_file=log_file, log_format=log_format))


def _examine(options: Options) -> int:
    from mineru_cli.doctor import check

    checkup = check(options.engine)
    typer.echo(checkup.text())
    return checkup.exit_code


def _list_inputs(options: Options) -> None:
    from mineru_cli.console import failure_line
    from mineru_cli.sources import find_inputs

    found = find_inputs(options)
    for source in found.sources:
        typer.echo(f"{source.kind}\t{source.size}\t{source.path}")
    for failure in found.failures:
        typer.echo(f"skipped: {failure_line(failure)}", err=True)


def _run(options: Options, talk: Talk) -> int:
    from mineru_cli import batch, console

    with console.listening(talk) as listener:
        return batch.run(options, listener=listener, handle_signals=True).exit_code
