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
    STDOUT,
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
from mineru_cli.shards import Shard

CONFIG_FILE: Final = "mineru-extract.toml"
ENV_PREFIX: Final = "MINERU_EXTRACT"

# Typer has its own copy of Click; its errors are reached through the one name that is public.
CommandLineError: type[Exception] = next(
    kind for kind in typer.BadParameter.__mro__ if issubclass(kind, Exception) and kind.__name__ == "ClickException"
)

_ONLY_TYPED = frozenset({"config", "help", "install_completion", "show_completion"})
_DEFAULTS = Options()
_USUAL = DEFAULT_MODEL.partition("/")[2]
_INPUT, _PAGES, _MODEL, _OUTPUT, _ABOUT = "Input", "Pages and figures", "Model", "Output", "About this run"
_MACHINES = "Several machines"
_EPILOG = (
    f"Defaults come from {CONFIG_FILE} in the current folder and from {ENV_PREFIX}_* variables, as in "
    f"{ENV_PREFIX}_MODEL=nano; what is typed wins. Exit codes: 0 done, 2 usage, 3 no input, 4 some inputs failed, "
    "5 all failed, 6 package missing, 7 model unavailable, 8 output not writable, 9 output in use."
)

app = typer.Typer(
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": ENV_PREFIX},
    rich_markup_mode="rich",
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
        reason = error.strerror if isinstance(error, OSError) else error
        problem = f"--config {file} cannot be read ({reason})"
        raise UsageError(problem, cure="It is TOML, as in: model = 'nano'") from error
    known = {parameter.name for parameter in ctx.command.params} - _ONLY_TYPED
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
        list[str] | None, typer.Argument(help="PDFs, pictures, folders, globs, s3:// and the like.", show_default=False)
    ] = None,
    output: Annotated[
        str | None,
        _option("-o", "--output", panel=_OUTPUT, help="Folder or s3:// for results, or - for JSON lines on stdout."),
    ] = None,
    format: Annotated[  # noqa: A002 - the option's name
        str, _option("--format", panel=_OUTPUT, help="Beside JSON records, any of: csv, html, jsonl, xlsx, md.")
    ] = ",".join(_DEFAULTS.output.formats),
    force: Annotated[bool, _option("--force", panel=_OUTPUT, help="Read again what is finished.")] = False,
    retry_failed: Annotated[
        bool, _option("--retry-failed", panel=_OUTPUT, help="Read again what had failures.")
    ] = False,
    reparse: Annotated[
        bool,
        _option("--reparse", panel=_OUTPUT, help="Take the model's stored answers apart again."),
    ] = False,
    merge: Annotated[
        bool,
        _option("--merge", panel=_OUTPUT, help="Put output folders, named as inputs, together; one alone in place."),
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
    shard: Annotated[
        str | None,
        _option("--shard", panel=_INPUT, help="Read one share of the inputs, as 3/8; others read the rest."),
    ] = _DEFAULTS.input.shard,
    password: Annotated[
        str | None, _option("--password", panel=_INPUT, help="For encrypted PDFs.", show_default=False)
    ] = None,
    max_side: Annotated[
        int, _option("--max-side", panel=_PAGES, help="Pixels of a figure's longest side.")
    ] = _DEFAULTS.pages.max_side,
    min_side: Annotated[
        int, _option("--min-side", panel=_PAGES, help="The least that --max-side may be.")
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
        _option("--engine", panel=_MODEL, help="Vector charts exactly and the rest by model or server; or one alone."),
    ] = _DEFAULTS.engine.engine,
    model: Annotated[
        str,
        _option("--model", panel=_MODEL, help=f"A hub name, a folder, nano (bundled, small), or auto: {_USUAL}."),
    ] = _DEFAULTS.engine.model,
    hub: Annotated[Hub, _option("--hub", panel=_MODEL, help="Where a name is looked up.")] = _DEFAULTS.engine.hub,
    device: Annotated[
        str, _option("--device", panel=_MODEL, help="auto, cuda, cuda:N, cpu or mps.")
    ] = _DEFAULTS.engine.device,
    precision: Annotated[
        Precision, _option("--precision", panel=_MODEL, help="Number format of the weights.", metavar="<format>")
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
    calibration: Annotated[
        str | None, _option("--calibration", panel=_MODEL, help="What its certainty is worth: a calibration file.")
    ] = _DEFAULTS.engine.calibration,
    ray: Annotated[
        str | None,
        _option("--ray", panel=_MACHINES, help="Spread the work by Ray: local, auto, or the address of a cluster."),
    ] = _DEFAULTS.cluster.ray,
    ray_actors: Annotated[
        int | None,
        _option("--ray-actors", panel=_MACHINES, help="Readers; one a GPU, or one a machine, if not given."),
    ] = _DEFAULTS.cluster.ray_actors,
    server: Annotated[
        list[str] | None,
        _option("--server", panel=_MODEL, help="Have servers read instead, as http://host:8000/v1. Repeatable."),
    ] = None,
    concurrency: Annotated[
        int, _option("--concurrency", panel=_MODEL, help="Crops a server is sent at a time.")
    ] = _DEFAULTS.engine.concurrency,
    server_wait: Annotated[
        float, _option("--server-wait", panel=_MODEL, help="Seconds to wait for servers when all are gone.")
    ] = _DEFAULTS.engine.server_wait,
    dry_run: Annotated[bool, _option("--dry-run", panel=_ABOUT, help="List what would be read, and stop.")] = False,
    log_file: Annotated[
        Path | None, _option("--log-file", panel=_ABOUT, help="Append a record of each event to this file.")
    ] = None,
    log_format: Annotated[LogFormat, _option("--log-format", panel=_ABOUT, help="Form of these records.")] = "text",
    show: Annotated[
        Path | None,
        _option("--show", panel=_ABOUT, help="List the charts in this output folder; inputs name a document, a chart."),
    ] = None,
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
    if show is not None:
        return _show(show, inputs or [])
    if not (inputs or doctor) and files_from is None:
        typer.echo(ctx.get_help())
        return ExitCode.USAGE
    if merge and output is None and len(inputs or []) == 1:
        output = str((inputs or [])[0])
    if not output and not (dry_run or doctor):
        missing = "-o is missing" if output is None else "-o is empty"
        raise UsageError(missing, cure="Say where the results go, as in -o out/, or -o - for stdout")
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
            "shard": shard,
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
            "server": server or [],
            "concurrency": concurrency,
            "server_wait": server_wait,
            "calibration": calibration,
            "ray": ray,
            "ray_actors": ray_actors,
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
    talk = Talk(quiet=quiet, verbosity=verbose, log_file=log_file, log_format=log_format)
    return _merge(options, talk) if merge else _run(options, talk)


def _examine(options: Options) -> int:
    from mineru_cli.doctor import check

    checkup = check(options.engine)
    typer.echo(checkup.text())
    return checkup.exit_code


def _show(folder: Path, wanted: list[str]) -> int:
    from mineru_cli.show import find_charts
    from mineru_cli.terminal import show_charts

    if len(wanted) > 2:
        raise UsageError("--show takes a document and a chart", cure="As in --show out/ q3.pdf p003-f1")
    show_charts(find_charts(folder, *wanted))
    return ExitCode.OK


def _list_inputs(options: Options) -> None:
    from mineru_cli.console import failure_line
    from mineru_cli.intake import of_shard
    from mineru_cli.sources import find_inputs

    found = find_inputs(options)
    shard = options.input.shard
    for source in found.sources if shard is None else of_shard(found.sources, Shard.parse(shard), options.input):
        where = source.where.replace("\n", "\\n")
        typer.echo(f"{source.kind or '-'}\t{source.size}\t{where}")
    for failure in found.failures:
        typer.echo(f"skipped: {failure_line(failure)}", err=True)


def _merge(options: Options, talk: Talk) -> int:
    from mineru_cli import console
    from mineru_cli.outputs.merge import NEWS, merge

    if options.output.output == STDOUT or not options.input.inputs:
        raise UsageError("--merge puts folders together", cure="As in --merge out-a out-b -o out, or --merge out")
    for path in (*options.input.inputs, options.output.output):
        if "://" in path:
            raise UsageError(f"--merge puts folders together, and {path} is an address", cure="Copy it here first")
    with console.listening(talk) as listener:
        folders = [Path(path) for path in options.input.inputs]
        report = merge(folders, Path(options.output.output), options.output.formats)
        for failure in report.failures:
            if failure.code in NEWS:
                listener.failed(failure)
        listener.run_finished(report)
    return report.exit_code


def _run(options: Options, talk: Talk) -> int:
    from mineru_cli import batch, console

    with console.listening(talk) as listener:
        return batch.run(options, listener=listener, handle_signals=True).exit_code
