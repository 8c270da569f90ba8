"""The process: errors become one line, a cure and an exit code."""

import os
import sys

from mineru_cli.app import CommandLineError, app
from mineru_cli.errors import ExitCode, MineruExtractError


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run with these arguments; the exit code. Expected errors are one line on stderr, a bug is a traceback."""
    try:
        result = app(arguments, prog_name="mineru-extract", standalone_mode=False)
    except MineruExtractError as error:
        _say(str(error))
        code = int(error.exit_code)
    except CommandLineError as error:
        _say(f"{_sentence(error)} See mineru-extract --help.")
        code = int(ExitCode.USAGE)
    except KeyboardInterrupt:
        _say("interrupted; what was finished is in the output")
        code = int(ExitCode.INTERRUPTED)
    else:
        code = result if isinstance(result, int) else int(ExitCode.OK)
    _flush_or_drop_stdout()
    return code


def _sentence(error: Exception) -> str:
    text = " ".join(str(getattr(error, "format_message", lambda: error)()).split()).replace("Value error, ", "")
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _say(text: str) -> None:
    sys.stderr.write(f"mineru-extract: {text}\n")


def _flush_or_drop_stdout() -> None:
    """The reader of a pipe may have gone: then Python must not complain at exit about what is left in the buffer."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
