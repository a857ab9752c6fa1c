"""A baseline: the failures of an earlier run, so that a later one reports only what is new."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from secureinfra.check.finding import Finding
from secureinfra.check.identity import identity, old_identity
from secureinfra.errors import ConfigurationError
from secureinfra.files.output import write_file

VERSION = 2


@dataclass(frozen=True)
class Baseline:
    """The failures that were known when it was written.

    Args:
        path: the file.
        known: how many failures there were of each identity.
        places: for a baseline in the first form, the places where something failed.
    """

    path: Path
    known: Mapping[str, int]
    places: frozenset[str] = frozenset()

    @property
    def note(self) -> str:
        """The note on a baseline in the first form."""
        if not self.places:
            return ""
        return (
            f"{self.path}: an older baseline, which knows places but not what was found there, so that a new failure "
            "in an old place is taken for known. Write it again with --write-baseline."
        )

    def marked(self, findings: Iterable[Finding], paths: Mapping[str, Path]) -> Iterator[Finding]:
        """The findings, failures that were there before marked as known.

        findings: of all configurations.
            findings: of all configurations.
            paths: where the configurations lie that are called by their paths.
        """
        left = Counter(self.known)
        for finding in findings:
            known = False
            if finding.status == "failed":
                own = identity(finding, paths, _base(self.path))
                known = left[own] > 0 or old_identity(finding) in self.places
                left[own] -= 1
            yield replace(finding, known=True) if known else finding


def read_baseline(path: Path) -> Baseline:
    """The baseline in a file.

    Raises:
        ConfigurationError: it cannot be read, or is not a baseline.
    """
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        failures = held["failures"]
        if held["version"] == 1 and all(isinstance(one, str) for one in failures):
            return Baseline(path, {}, frozenset(failures))
        if held["version"] == VERSION and all(isinstance(count, int) for count in failures.values()):
            return Baseline(path, failures)
    except OSError as error:
        raise ConfigurationError(
            f"{path}: {error.strerror}. Write a baseline first: secureinfra check PATH --baseline {path} --write-baseline"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise ConfigurationError(f"{path}: not a baseline. Write one with --baseline {path} --write-baseline.")


def write_baseline(path: Path, findings: Iterable[Finding], paths: Mapping[str, Path]) -> int:
    """Write a baseline of the failures among some findings; the file is replaced whole or not at all.

    Args:
        path: the file; paths of configurations are written relative to its folder.
        findings: of all configurations.
        paths: as for `Baseline.marked`.

    Returns:
        how many failures it holds.

    Raises:
        ConfigurationError: it cannot be written.
    """
    failed = (finding for finding in findings if finding.status == "failed")
    known = Counter(identity(finding, paths, _base(path)) for finding in failed)
    write_file(path, json.dumps({"version": VERSION, "failures": dict(sorted(known.items()))}, indent=2) + "\n")
    return known.total()


def _base(path: Path) -> Path:
    return path.parent.resolve()
