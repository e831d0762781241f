"""Lets `python -m tagwarden` be `tagwarden`, regardless of the PATH."""

from tagwarden.cli.main import main

main()
