"""Train the bundled reader: ``python training/train.py --minutes 8.5 --out folder``.

Draws its own data in worker processes, trains on every GPU there is (or the CPU), and stops when the time is up. Starts
from a checkpoint of the same shape (``--resume``), or from a smaller one grown to the new shape (``--grow``), or from
nothing. Prints loss, samples a second and the share of time spent waiting for data; at the end the share of right
cells on held-out charts. Writes a checkpoint in 16 bit, in parts a file system of small files takes. The state of
the optimizer is left behind: it is four times the weights, and a short warm-up replaces it.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import torch
import torch.distributed as dist

from training import grow, model, tokens
from training.batches import LONGEST, Batch, Batches
from training.data import photo, samples
from training.data.spec import KINDS
from training.muon import Muon
from training.score import cells_right

WARM_UP = 150
"""Steps over which the learning rate rises."""
TOGETHER = 8
"""Steps between two looks at the clock, which all GPUs take together."""
HELD_OUT_SEED = 1_000_003
"""Training seeds are far from it."""


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """What was asked."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=8.5, help="all in all, from start to end")
    parser.add_argument("--out", type=Path, default=Path(os.environ.get("OUT", "nano-next")))
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--resume", type=Path, help="go on from this checkpoint")
    start.add_argument("--grow", type=Path, help="start from this smaller checkpoint")
    parser.add_argument("--seed", type=int, default=1, help="give every run another")
    parser.add_argument("--units", type=int, default=24_000, help="28x28 squares of pictures a batch and GPU")
    parser.add_argument("--rate", type=float, default=1.2e-3, help="highest learning rate")
    parser.add_argument(
        "--decay", type=float, default=0.45, help="share of the run, at its end, over which the rate falls"
    )
    parser.add_argument("--least", type=float, default=0.02, help="share of the highest rate that is left at the end")
    parser.add_argument(
        "--workers", type=int, default=max(1, (os.cpu_count() or 2) - 1), help="drawing processes, all GPUs together"
    )
    parser.add_argument("--held-out", type=int, default=256, help="charts read at the end; 0 for none")
    parser.add_argument("--tiny", action="store_true", help="a network of 1 M parameters, to try things out")
    return parser.parse_args(given)


def main(given: list[str] | None = None) -> None:
    """Train until the time is up."""
    began = time.monotonic()
    asked = arguments(given)
    ranks = int(os.environ.get("WORLD_SIZE", "1"))
    if ranks == 1 and torch.cuda.device_count() > 1:
        _launch(sys.argv[1:] if given is None else given)
        return
    rank = int(os.environ.get("RANK", "0"))
    device = torch.device(f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if torch.cuda.is_available() else "cpu")
    if device.type == "cuda":
        torch.cuda.set_device(device)
        torch.backends.cuda.enable_cudnn_sdp(False)  # but in the vision tower: it plans anew for each shape
    if ranks > 1:
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    Run(asked, device=device, rank=rank, ranks=ranks, began=began).train()
    if ranks > 1:
        dist.destroy_process_group()


def _launch(given: list[str]) -> None:
    from torch.distributed.run import main as launch

    launch(["--standalone", f"--nproc-per-node={torch.cuda.device_count()}", str(Path(__file__).resolve()), *given])


class Run:
    """One run on one device; several of them, one a GPU, keep step with each other."""

    def __init__(self, asked: argparse.Namespace, *, device: torch.device, rank: int, ranks: int, began: float) -> None:
        self.asked, self.device, self.rank, self.ranks, self.began = asked, device, rank, ranks, began
        torch.manual_seed(0)
        self.reader, self.tokenizer = self._start()
        self.vocabulary = self.tokenizer.get_vocab()
        self.reader.to(device)
        # The network computes in 16 bit; what is learnt adds up in 32.
        self.masters = {name: p.detach().clone() for name, p in self.reader.named_parameters()}
        for master in self.masters.values():
            master.grad = torch.zeros_like(master)
        self.reader.bfloat16()
        self.questions = {task: self._question(task) for task in tokens.QUESTIONS}
        self.network: Any = self.reader
        if ranks > 1:
            self.network = torch.nn.parallel.DistributedDataParallel(
                self.reader,
                device_ids=[device.index] if device.type == "cuda" else None,
                gradient_as_bucket_view=True,
            )
        self.optimizers = self._optimizers()
        self.seen = self.steps = 0
        self.share = 0.0
        self.waited = 0.0
        self.held_out = _held_out(asked.held_out) if rank == 0 else []
        self.history: list[dict[str, Any]] = []

    def train(self) -> None:
        """Step until the time is up, then read the held-out charts and write the checkpoint."""
        batches = self._loader()
        pending, started, printed = [], time.monotonic(), time.monotonic()
        half = False
        closing = 30.0 if self.asked.held_out and self.device.type == "cuda" else 3.0
        while (share := self._share(closing)) < 1:
            self._set_rate(share)
            asked_at = time.monotonic()
            batch: Batch = next(batches)
            self.waited += time.monotonic() - asked_at
            pending.append(self._step(batch))
            if self.rank == 0 and time.monotonic() - printed > 10:
                printed = time.monotonic()
                self._tell(pending, started, share)
                pending = []
            if share > 0.5 and not half:
                half = True
                if self.rank == 0:
                    self._save()
        if self.rank == 0:
            self._tell(pending, started, 1.0)
            self._save()
            self._read_held_out("the end")
            (self.asked.out / "run.json").write_text(
                json.dumps(
                    {
                        "asked": {k: str(v) for k, v in vars(self.asked).items()},
                        "gpus": self.ranks,
                        "samples": self.seen * self.ranks,
                        "steps": self.steps,
                        "history": self.history,
                    },
                    indent=1,
                )
            )

    def _save(self) -> None:
        pixels = (samples.SMALLEST * samples.UNIT**2, samples.LARGEST * samples.UNIT**2)
        model.save(self.reader, self.tokenizer, self.asked.out / "nano", pixels=pixels, longest=LONGEST)
        print(f"checkpoint written at {time.monotonic() - self.began:.0f} s", flush=True)

    def _start(self) -> tuple[model.Reader, Any]:
        if self.asked.resume:
            reader, tokenizer = model.load(self.asked.resume)
            reader.turn_by(model.SECTIONS)
            return reader, tokenizer
        tokenizer = tokens.build(answers=200 if self.asked.tiny else tokens.ANSWERS)
        small = (
            {"width": 128, "depth": 2, "layers": 2, "hidden": 128, "wide": 256, "heads": 2, "groups": 1}
            if self.asked.tiny
            else {}
        )
        reader = model.Reader(model.configuration(vocabulary=tokenizer.get_vocab(), **small))
        if self.asked.grow:
            grow.grow(reader, tokenizer, self.asked.grow)
        if self.rank == 0:
            print(
                f"{sum(p.numel() for p in reader.parameters()) / 1e6:.1f} M parameters, {len(tokenizer)} tokens",
                flush=True,
            )
        return reader, tokenizer

    def _question(self, task: str) -> tuple[torch.Tensor, torch.Tensor]:
        before, after = (self.tokenizer(part)["input_ids"] for part in tokens.question(task))
        return torch.tensor(before, device=self.device), torch.tensor(after, device=self.device)

    def _loader(self) -> Any:
        workers = max(1, self.asked.workers // self.ranks)
        data = Batches(self.tokenizer, seed=self.asked.seed, rank=self.rank, units=self.asked.units)
        cuda = self.device.type == "cuda"
        return iter(
            torch.utils.data.DataLoader(data, batch_size=None, num_workers=workers, prefetch_factor=2, pin_memory=cuda)
        )

    def _optimizers(self) -> list[torch.optim.Optimizer]:
        """Muon for matrices inside, AdamW for the rest."""
        inner = [p for name, p in self.masters.items() if p.ndim == 2 and "embed" not in name]
        outer = [p for name, p in self.masters.items() if p.ndim != 2 or "embed" in name]
        return [
            Muon(inner, lr=1.0),
            torch.optim.AdamW(outer, lr=1.0, betas=(0.9, 0.98), weight_decay=0.0, fused=self.device.type == "cuda"),
        ]

    def _share(self, closing: float) -> float:
        """How much of the time is gone; the same on all GPUs."""
        if self.ranks == 1 or self.steps % TOGETHER == 0:
            self.share = (time.monotonic() - self.began) / (60 * self.asked.minutes - closing)
            if self.ranks > 1:
                shared = torch.tensor(self.share, device=self.device)
                dist.all_reduce(shared, op=dist.ReduceOp.MAX)
                self.share = float(shared)
        return self.share

    def _set_rate(self, share: float) -> None:
        risen, least = min(1.0, (self.steps + 1) / WARM_UP), self.asked.least
        left = least + (1 - least) * min(1.0, (1 - share) / self.asked.decay)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = self.asked.rate * risen * left

    def _step(self, batch: Batch) -> tuple[str, torch.Tensor]:
        pixels, answers, weights = (
            t.to(self.device, non_blocking=True) for t in (batch.pixels, batch.answers, batch.weights)
        )
        loss = self.network(pixels, *self.questions[batch.task], answers, weights)
        self.reader.zero_grad()
        loss.backward()
        self._learn()
        self.steps += 1
        self.seen += len(pixels)
        return batch.task, loss.detach()

    @torch.no_grad()
    def _learn(self) -> None:
        """Step the weights in 32 bit by the network's gradients and round them into it."""
        weights, masters = list(self.reader.parameters()), list(self.masters.values())
        torch._foreach_copy_([master.grad for master in masters], [weight.grad for weight in weights])
        torch.nn.utils.clip_grad_norm_(masters, 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
        torch._foreach_copy_(weights, masters)

    def _tell(self, pending: list[tuple[str, torch.Tensor]], started: float, share: float) -> None:
        seconds = time.monotonic() - started
        means = {
            task: torch.stack(found).mean().item()
            for task in tokens.QUESTIONS
            if (found := [loss for kind, loss in pending if kind == task])
        }
        losses = " ".join(f"{task} {mean:.3f}" for task, mean in means.items())
        rate = self.optimizers[0].param_groups[0]["lr"]
        speed, waiting = self.seen * self.ranks / seconds, self.waited / seconds
        place = f"{seconds:5.0f} s {share:4.0%} step {self.steps}"
        print(f"{place} loss {losses} rate {rate:.1e} samples/s {speed:.0f} waiting {waiting:.0%}", flush=True)

    def _read_held_out(self, when: str) -> None:
        """Print the share of right cells by kind."""
        if not self.held_out:
            return
        started = time.monotonic()
        counts: dict[str, np.ndarray] = {}
        self.reader.eval()
        stop = self.vocabulary["<|im_end|>"]
        for group in self.held_out:
            pixels = torch.from_numpy(np.stack([np.asarray(sample.image) for sample in group])).to(self.device)
            limit = 480 if self.device.type == "cuda" else 24
            found, _ = self.reader.answer(pixels, *self.questions["chart"], stop, limit)
            for sample, numbers in zip(group, found.tolist(), strict=True):
                text = self.tokenizer.decode(
                    numbers[: numbers.index(stop)] if stop in numbers else numbers, skip_special_tokens=False
                )
                right = cells_right(sample.drawn, sample.answer, text)
                row = np.array(
                    [right.cells, right.near, right.exact, right.categories, right.right_categories, 1, right.kind]
                )
                name = sample.drawn.kind + ("" if sample.drawn.printed else " unprinted")
                for key in (name, "all"):
                    counts[key] = counts.get(key, np.zeros(7)) + row
        self.reader.train()
        print(
            f"held out, {when} ({time.monotonic() - started:.0f} s): kind, charts, within 3 %, exact, categories, type",
            flush=True,
        )
        shares = {k: [int(c[5]), c[1] / c[0], c[2] / c[0], c[4] / c[3], c[6] / c[5]] for k, c in sorted(counts.items())}
        for key, row in shares.items():
            print(f"  {key:16}{row[0]:5}" + "".join(f"{share:9.1%}" for share in row[1:]), flush=True)
        print(f"  for example: {text[:300]!r}\n  instead of:  {sample.answer[:300]!r}", flush=True)
        self.history.append({"when": when, "steps": self.steps, "samples": self.seen * self.ranks, "shares": shares})


def _held_out(count: int) -> list[list[samples.Sample]]:
    """Charts of all kinds in groups of one size, half of them worn; never drawn in training."""
    r = Random(HELD_OUT_SEED)
    groups = []
    kinds = [kind for kind in KINDS if kind != "scatter"]
    for size in ((24, 17), (18, 13)):
        drawn = [samples.chart(r, size, kinds[i % len(kinds)]) for i in range(count // 2)]
        groups.append(
            [samples.Sample(image=photo.worn(s.image, r), task=s.task, answer=s.answer, spec=s.spec) for s in drawn]
        )
    return [group for group in groups if group]


if __name__ == "__main__":
    main()
