"""Serve a folder of hosts until stdin closes: python bench/serve.py FOLDER. Prints its address first."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline.edges.mirror import serve_folder

if __name__ == "__main__":
    with serve_folder(Path(sys.argv[1])) as address:
        print(address, flush=True)
        sys.stdin.read()
