"""A writer command for tests: Apertium, which translates from Spanish to English by rules, a sentence to a line."""

import json
import subprocess
import sys


def main() -> None:
    """Translate the task on standard input."""
    task = json.load(sys.stdin)
    lines = "\n\n".join(each["text"] for each in task["sentences"])  # an empty line keeps sentences apart
    done = subprocess.run(["apertium", "spa-eng"], input=lines, check=True, capture_output=True, text=True)
    texts = [line for line in done.stdout.splitlines() if line.strip()]
    json.dump({"sentences": [{"n": number, "text": text} for number, text in enumerate(texts, 1)]}, sys.stdout)


if __name__ == "__main__":
    main()
