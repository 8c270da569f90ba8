"""The process: errors become one line, a cure and an exit code."""

import errno
import os
import sys
from contextlib import suppress

from mineru_cli.app import CommandLineError, app
from mineru_cli.errors import ExitCode, MineruExtractError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def main() -> None:
    """Run the command line and leave with its exit code."""
    _open_what_is_closed()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run with these arguments; the exit code. Expected errors are one line on stderr, a bug is a traceback."""
    try:
        result = app(arguments, prog_name="mineru-extract", standalone_mode=False)
        sys.stdout.flush()
    except MineruExtractError as error:
        _say(str(error))
        code = int(error.exit_code)
    except CommandLineError as error:
        _say(f"{_sentence(error)} See mineru-extract --help.")
        code = int(ExitCode.USAGE)
    except KeyboardInterrupt:
        _say("interrupted; what was finished is in the output")
        code = int(ExitCode.INTERRUPTED)
    except (OSError, SystemExit) as error:
        reason = _trouble_with_stdout(error)
        if not reason:
            raise
        _say(reason)
        code = int(ExitCode.OUTPUT_NOT_WRITABLE)
    else:
        code = result if isinstance(result, int) else int(ExitCode.OK)
    _drop_what_nobody_takes()
    return code


def _sentence(error: Exception) -> str:
    text = " ".join(str(getattr(error, "format_message", lambda: error)()).split()).replace("Value error, ", "")
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _say(text: str) -> None:
    with suppress(BrokenPipeError):
        sys.stderr.write(f"mineru-extract: {text}\n")


def _trouble_with_stdout(error: OSError | SystemExit) -> str:
    """Why stdout takes no more, if that is what the error is about; of other files the error would name one."""
    cause = error.__context__ if isinstance(error, SystemExit) else error  # Typer and Rich leave with a reader
    if isinstance(cause, BrokenPipeError):
        return "stdout was closed by its reader"
    if isinstance(cause, OSError) and cause.filename is None and cause.errno in _FULL:
        return f"stdout cannot be written ({cause.strerror})"
    return ""


def _drop_what_nobody_takes() -> None:
    """Python would complain at its end about what it cannot write."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _open_what_is_closed() -> None:
    """A program started without stdin, stdout or stderr would give their numbers to the next files it opens."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - open to the end


if __name__ == "__main__":
    main()
