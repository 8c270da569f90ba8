"""Whether servers are fit for a run, for `--doctor`.

Comes in: `EngineOptions` that name servers. Goes out: a `Sight` of each, after it was asked for its model and one small
question.
"""

import asyncio
from dataclasses import dataclass, replace

from mineru_cli.engines.base import Request, Task
from mineru_cli.engines.server.endpoint import Endpoint, Lost, Unusable
from mineru_cli.engines.server.engine import api_key
from mineru_cli.engines.server.question import Question, make_question
from mineru_cli.errors import FigureError
from mineru_cli.options import EngineOptions

_SIDE = 112
_SECONDS = 60.0
_TOKENS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What was seen of one server, in a line; ``cure`` is empty when it answers."""

    text: str
    cure: str = ""


def examine(options: EngineOptions) -> list[Sight]:
    """Look at all servers at once, in at most a minute and a few seconds.

    Raises
    ------
    MissingDependencyError
        When the client is not installed.
    """
    options = replace(options, answer_seconds=_SECONDS, max_new_tokens=_TOKENS)
    endpoints = [Endpoint(url, options, key=api_key()) for url in options.server]
    return asyncio.run(_examine_all(endpoints))


async def _examine_all(endpoints: list[Endpoint]) -> list[Sight]:
    from PIL import Image

    picture = Image.new("RGB", (_SIDE, _SIDE), "white")
    question = make_question(Request(key=0, task=Task.CHART, image=picture))
    return list(await asyncio.gather(*(_examine(endpoint, question) for endpoint in endpoints)))


async def _examine(endpoint: Endpoint, question: Question) -> Sight:
    try:
        await endpoint.look()
        answer = await endpoint.ask(question)
    except (Lost, Unusable, FigureError) as error:
        cure = getattr(error, "cure", "") or "Start it, or check the address"
        return Sight(text=str(error) if not isinstance(error, FigureError) else error.message, cure=cure)
    finally:
        await endpoint.close()
    kind = f" ({endpoint.kind})" if endpoint.kind else ""
    return Sight(text=f"{endpoint.url} serves {endpoint.model}{kind}; a small question took {answer.seconds:.1f} s")
