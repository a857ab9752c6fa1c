"""The index of modules by type: it says what the modules say, and keeps a run from loading the others."""

import subprocess
import sys
from importlib import resources

import pytest

from secureinfra.controls import every, registry


def test_it_is_what_the_modules_say() -> None:
    packaged = resources.files("secureinfra.controls").joinpath("index.txt").read_text(encoding="utf-8")
    program = "import sys; from secureinfra.controls import every, registry; sys.stdout.write(registry.index())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert packaged == done.stdout, (
        "make it again: from secureinfra.controls import every, registry; registry.write_index()"
    )


def test_it_is_made_in_a_new_process() -> None:
    every()
    with pytest.raises(RuntimeError, match="in a new process"):
        registry.index()


def test_modules_of_other_types_are_not_loaded() -> None:
    program = (
        "import sys\n"
        "from secureinfra.check.run import run\n"
        "from secureinfra.terraform.model.configuration import Configuration\n"
        "run(Configuration.of({'resource': {'aws_kms_key': {'k': {}}}}))\n"
        "print(' '.join(name for name in sys.modules if name.startswith('secureinfra.controls.')))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    loaded = done.stdout.split()
    assert "secureinfra.controls.kms" in loaded
    assert "secureinfra.controls.cloudfront.distribution" not in loaded
