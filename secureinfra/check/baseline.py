"""A baseline: the failures of an earlier run, so that a later one reports only what is new."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from secureinfra.check.finding import Finding
from secureinfra.check.output import write_file
from secureinfra.errors import ConfigurationError

VERSION = 1


def read_baseline(path: Path) -> frozenset[str]:
    """The fingerprints that a baseline holds.

    Raises:
        ConfigurationError: it cannot be read, or is no baseline.
    """
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        if held["version"] == VERSION and all(isinstance(one, str) for one in held["failures"]):
            return frozenset(held["failures"])
    except OSError as error:
        raise ConfigurationError(
            f"{path}: {error.strerror}. Write a baseline first: secureinfra check PATH --baseline {path} --write-baseline"
        ) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise ConfigurationError(f"{path}: is no baseline. Write one with --baseline {path} --write-baseline.")


def write_baseline(path: Path, findings: Iterable[Finding]) -> int:
    """Write a baseline of the failures among some findings; the file is replaced whole or not at all.

    Returns:
        how many failures it holds.

    Raises:
        ConfigurationError: it cannot be written.
    """
    failures = sorted({finding.fingerprint for finding in findings if finding.status == "failed"})
    write_file(path, json.dumps({"version": VERSION, "failures": failures}, indent=2) + "\n")
    return len(failures)
