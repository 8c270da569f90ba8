from mineru_cli import errors


def test_every_documented_code_is_stable():
    assert {code.name: int(code) for code in errors.ExitCode} == {
        "OK": 0,
        "BUG": 1,
        "USAGE": 2,
        "NO_INPUT": 3,
        "SOME_FAILED": 4,
        "ALL_FAILED": 5,
        "MISSING_DEPENDENCY": 6,
        "ENGINE_UNAVAILABLE": 7,
        "OUTPUT_NOT_WRITABLE": 8,
        "OUTPUT_LOCKED": 9,
        "INTERRUPTED": 130,
        "TERMINATED": 143,
    }


def test_a_message_is_one_line_with_its_cure():
    error = errors.UsageError("a.pdf\nis odd", cure="Mend  it")
    assert str(error) == "a.pdf is odd. Mend it"
    assert error.exit_code is errors.ExitCode.USAGE


def test_a_missing_package_names_the_pip_command():
    error = errors.MissingDependencyError(package="deskew", extra="scans", purpose="to straighten scans")
    assert "pip install 'mineru-extract[scans]'" in str(error)
    assert error.exit_code is errors.ExitCode.MISSING_DEPENDENCY
