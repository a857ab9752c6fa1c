"""Write the pages of the documentation site, and check the site that the generator made of them.

python -m secureinfra.site write build/site --packages build/npm       # from the folder of the repository
python -m secureinfra.site check build/site/html
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from secureinfra.errors import SecureInfraError
from secureinfra.site.built import problems
from secureinfra.site.write import write_site


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say: 0 for a good end, 1 for a site with mistakes, 2 for what cannot be read or written."""
    parser = argparse.ArgumentParser(prog="python -m secureinfra.site", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("command", choices=("write", "check"))
    parser.add_argument("folder", type=Path, help="the source to write, or the HTML to check")
    parser.add_argument("--repository", type=Path, default=Path(), help="the folder of the repository")
    parser.add_argument("--packages", type=Path, help="the folder of the packages of scripts, which `npm pack` wrote")
    given = parser.parse_args(arguments)
    try:
        if given.command == "write":
            sys.stdout.write(f"{given.folder}: {write_site(given.repository, given.folder, given.packages)} pages\n")
            return 0
        found = problems(given.folder)
    except SecureInfraError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 2
    sys.stdout.write("".join(f"{one}\n" for one in found) or f"{given.folder}: every link leads somewhere\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
