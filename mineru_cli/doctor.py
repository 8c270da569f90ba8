"""What `--doctor` tells: the device, the model, the plan that would be made, and what missing extras would add.

Where servers are named, each is asked for its model, and one small question.

Comes in: `EngineOptions`. Goes out: a `Checkup`, as data and as text, with the exit code a run would give. Nothing is
downloaded and no weights are loaded.
"""

import importlib.util
import platform
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Literal

from mineru_cli.errors import ExitCode, MineruExtractError
from mineru_cli.options import EngineOptions

if TYPE_CHECKING:
    from mineru_cli.engines.model.checkpoint import Checkpoint

_PACKAGES = ("torch", "transformers", "pymupdf", "pillow", "numpy")
_EXTRAS = {
    "html": (("vl_convert",), "draws each chart again from its numbers: index.html"),
    "scans": (("skimage", "deskew"), "straightens scans and thresholds them"),
    "pandas": (("pandas",), "makes data frames of charts in Python"),
    "terminal": (("textual_image",), "shows pictures in the terminal: --show"),
    "xlsx": (("xlsxwriter",), "writes Excel workbooks: --format xlsx"),
    "server": (("openai",), "asks servers: --server"),
    "ray": (("ray",), "spreads the work over GPUs and machines: --ray"),
    "remote": (("upath", "tenacity", "s3fs", "gcsfs"), "reads and writes object stores: s3://, gs://"),
    "modelscope": (("modelscope",), "downloads models from ModelScope: --hub modelscope"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line. ``state``: ok, note (worth knowing), bad (a run would fail)."""

    name: str
    state: Literal["ok", "note", "bad"]
    text: str
    cure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """What was found, and the exit code of a run that needs the model."""

    findings: tuple[Finding, ...]
    exit_code: ExitCode

    def text(self) -> str:
        """For people: a line a finding, the cure below it."""
        width = max(len(finding.name) for finding in self.findings)
        lines = []
        for finding in self.findings:
            lines.append(f"{finding.state:<4}  {finding.name:<{width}}  {finding.text}")
            if finding.cure:
                lines.append(f"{'':<{width + 8}}{finding.cure}")
        return "\n".join(lines)


def check(options: EngineOptions) -> Checkup:
    """Look at this machine as a run with these options would."""
    findings = [_versions()]
    if options.server and options.engine in {"auto", "server"}:
        return _check_servers(options, findings)
    code = ExitCode.OK
    device = ""
    try:
        device, found = _device(options)
        findings += found
    except MineruExtractError as error:
        findings.append(Finding(name="device", state="bad", text=error.message, cure=error.cure))
        code = error.exit_code
    try:
        findings += _model(options, device)
    except MineruExtractError as error:
        findings.append(Finding(name="model", state="bad", text=error.message, cure=error.cure))
        code = code or error.exit_code
    return Checkup(findings=(*findings, *_extras()), exit_code=code)


def _check_servers(options: EngineOptions, findings: list[Finding]) -> Checkup:
    """One that answers is enough for a run."""
    from mineru_cli.engines.server.examine import examine

    try:
        seen = examine(options)
    except MineruExtractError as error:
        missing = Finding(name="server", state="bad", text=error.message, cure=error.cure)
        return Checkup(findings=(*findings, missing, *_extras()), exit_code=error.exit_code)
    answers = any(not sight.cure for sight in seen)
    failed: Literal["note", "bad"] = "note" if answers else "bad"
    findings += [
        Finding(name="server", state=failed if sight.cure else "ok", text=sight.text, cure=sight.cure) for sight in seen
    ]
    code = ExitCode.OK if answers else ExitCode.ENGINE_UNAVAILABLE
    return Checkup(findings=(*findings, *_extras()), exit_code=code)


def _versions() -> Finding:
    found = [f"Python {platform.python_version()}", *(f"{name} {metadata.version(name)}" for name in _PACKAGES)]
    return Finding(name="versions", state="ok", text=", ".join(found))


def _device(options: EngineOptions) -> tuple[str, list[Finding]]:
    from mineru_cli.engines.model import memory
    from mineru_cli.engines.model.loader import choose_device
    from mineru_cli.engines.model.plan import GIB

    memory.prefer_growing_segments()
    device = choose_device(options.device)
    found = memory.device_memory(device)
    if found is None:
        note = "no GPU is used: the full model will be slow"
        return device, [Finding(name="device", state="note", text=f"{device}; {note}")]
    text = f"{device}, {_card(device)}, {found.free / GIB:.1f} of {found.total / GIB:.1f} GiB free"
    return device, [Finding(name="device", state="ok", text=text)]


def _card(device: str) -> str:
    import torch

    if device == "mps":
        return "Apple GPU"
    major, minor = torch.cuda.get_device_capability(device)
    return f"{torch.cuda.get_device_name(device)}, compute capability {major}.{minor}, CUDA {torch.version.cuda}"


def _model(options: EngineOptions, device: str) -> list[Finding]:
    from mineru_cli.engines.model.checkpoint import find_checkpoint

    checkpoint = find_checkpoint(options.model, options.hub, download=False)
    findings = [Finding(name="model", state="ok", text=f"{checkpoint.name} in {checkpoint.folder}")]
    return (
        [*findings, Finding(name="plan", state="ok", text=_plan(checkpoint, options, device))] if device else findings
    )


def _plan(checkpoint: "Checkpoint", options: EngineOptions, device: str) -> str:
    from mineru_cli.engines.model import memory
    from mineru_cli.engines.model.loader import load_tools
    from mineru_cli.engines.model.plan import ModelSize, make_plan
    from mineru_cli.engines.model.tuning import ANSWER_TOKENS, largest_picture, room_for, starting_point

    limits, start = starting_point(device, options)
    _, image_processor = load_tools(checkpoint)
    work = room_for(
        largest_picture(image_processor),
        min(options.max_new_tokens, checkpoint.longest_answer or ANSWER_TOKENS, ANSWER_TOKENS),
    )
    found = memory.device_memory(device)
    budget = None if found is None else min(found.reach, options.gpu_memory or found.reach)
    return make_plan(ModelSize.from_config(checkpoint.config), start, limits, work, budget=budget).line()


def _extras() -> list[Finding]:
    return [
        Finding(
            name=f"[{extra}]",
            state="note",
            text=f"not installed; {purpose}",
            cure=f"pip install 'mineru-extract[{extra}]'",
        )
        for extra, (modules, purpose) in _EXTRAS.items()
        if any(importlib.util.find_spec(module) is None for module in modules)
    ]
