"""Pure: the chain of checks that gives each resource its verdict."""
