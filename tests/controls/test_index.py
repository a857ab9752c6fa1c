"""The index of modules by type: it says what the modules say, and keeps a run from loading the others."""

import subprocess
import sys
from importlib import resources

from secureinfra.controls import index


def test_it_is_what_the_modules_say() -> None:
    packaged = resources.files("secureinfra.controls").joinpath("index.txt").read_text(encoding="utf-8")
    assert packaged == index.made(), "make it again: from secureinfra.controls import index; index.write()"


def test_modules_of_other_types_are_not_loaded() -> None:
    program = (
        "import sys\n"
        "from secureinfra.check.run import run\n"
        "from secureinfra.terraform.configuration import Configuration\n"
        "run(Configuration.of({'resource': {'aws_kms_key': {'k': {}}}}))\n"
        "print(' '.join(name for name in sys.modules if name.startswith('secureinfra.controls.')))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    loaded = done.stdout.split()
    assert "secureinfra.controls.kms" in loaded
    assert "secureinfra.controls.cloudfront" not in loaded
