"""`python -m secureinfra` is the command line."""

from secureinfra.cli import main

main()
