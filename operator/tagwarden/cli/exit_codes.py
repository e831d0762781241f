"""The exit statuses of every command; a module of its own, so that `--help` imports nothing else."""

EXIT_FAILED = 1
EXIT_BAD_INPUT = 2
EXIT_NOT_COMPLIANT = 3
EXIT_INTERRUPTED = 130
