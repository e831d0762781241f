"""Runs every benchmark, one after the other: `make bench`. Each can be run alone, with more to choose from."""

import subprocess
import sys
from pathlib import Path

BENCHMARKS = ("judging.py", "planning.py", "collecting.py", "collecting_gcp.py", "requests_gcp.py")

if __name__ == "__main__":
    folder = Path(__file__).parent
    sys.exit(max(subprocess.run([sys.executable, folder / name], check=False).returncode for name in BENCHMARKS))
