"""Lets `python -m tagwarden` be `tagwarden`, whatever is on the PATH."""

from tagwarden.cli.main import main

main()
