"""The tagger beside langdetect, lingua and py3langid, each in a process of its own.

    python bench/language.py [--texts FILE] [--only NAME ...]

FILE is JSON Lines, gzipped or not, each `{"set": …, "lang": …, "text": …}` with a BCP 47 tag; without it, the
project's own labelled texts. For each tool and set: accuracy as a mean over languages, with Chinese merged (base) and
with its two writings apart (tag), texts per second of one core, and the most memory the process held. lingua needs the
`bench` extra.
"""

import argparse
import collections
import gzip
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).resolve().parents[1]
OWN_TEXTS = ROOT / "tests/quality/language/texts.jsonl"
LETTER_LANGUAGES = ("en", "de", "nl", "fr", "es", "it", "pt", "zh", "ja", "ko", "vi", "id", "ms", "th", "hi", "fil")

Tagger = Callable[[str], str]
Row = dict[str, str]


def main() -> None:
    """Measure the tools one after another and print a line for each set."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--texts", type=Path, default=OWN_TEXTS)
    options.add_argument("--only", nargs="+", choices=list(TOOLS), default=list(TOOLS))
    chosen = options.parse_args()
    context = multiprocessing.get_context("spawn")
    for name in chosen.only:
        # A process for each tool, so that its memory is its own.
        with context.Pool(1) as pool:
            for line in pool.apply(measure, (name, chosen.texts)):
                print(line, flush=True)


def measure(name: str, path: Path) -> list[str]:
    """A tool's lines: one for each set of the texts."""
    try:
        tag = TOOLS[name]()
    except ModuleNotFoundError as missing:
        return [f"{name:24} not installed: {missing.name}"]
    rows = read(path)
    for text in ("This sentence makes the tool load what it needs.", "Hotel", "機器"):
        tag(text)
    lines = []
    for group in dict.fromkeys(row["set"] for row in rows):
        mine = [row for row in rows if row["set"] == group]
        started = time.process_time()
        said = [tag(row["text"]) for row in mine]
        rate = len(mine) / (time.process_time() - started)
        base, exact = accuracy(mine, said)
        lines.append(f"{name:24} {group:10} n {len(mine):5}  base {base:.4f}  tag {exact:.4f}  {rate:7.0f} texts/s")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [f"{line}  {most:5.0f} MB" for line in lines]


def accuracy(rows: Sequence[Row], said: Sequence[str]) -> tuple[float, float]:
    """Means over the labelled languages: of right base languages, and of right tags."""
    tally: dict[str, list[int]] = collections.defaultdict(lambda: [0, 0, 0])
    for row, tag in zip(rows, said, strict=True):
        gold = row["lang"]
        base = tag.partition("-")[0] == gold.partition("-")[0]
        count = tally[gold]
        count[0] += 1
        count[1] += base
        count[2] += tag == gold if "-" in gold else base
    size = len(tally)
    return sum(c[1] / c[0] for c in tally.values()) / size, sum(c[2] / c[0] for c in tally.values()) / size


def read(path: Path) -> list[Row]:
    """The rows of a JSON Lines file."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    return [json.loads(line) for line in text.split("\n") if line]


def pipeline_tagger() -> Tagger:
    """The project's own."""
    sys.path.insert(0, str(ROOT))
    from pipeline.stages.tag import tag_text

    return tag_text


def langdetect_tagger() -> Tagger:
    """langdetect as its documentation shows it, with the seed it needs to be repeatable."""
    import langdetect.lang_detect_exception

    module = cast(Any, langdetect)
    module.DetectorFactory.seed = 0

    def tag(text: str) -> str:
        try:
            found = str(module.detect(text))
        except langdetect.lang_detect_exception.LangDetectException:
            return "und"
        return {"zh-cn": "zh-Hans", "zh-tw": "zh-Hant", "no": "nb", "tl": "fil"}.get(found, found)

    return tag


def lingua_tagger() -> Tagger:
    """lingua restricted to the languages of a letter."""
    import lingua

    codes = [getattr(lingua.IsoCode639_1, language.upper()) for language in LETTER_LANGUAGES]
    detector = lingua.LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()

    def tag(text: str) -> str:
        found = detector.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else "und"

    return tag


def py3langid_tagger() -> Tagger:
    """py3langid restricted to the languages of a letter."""
    from py3langid import langid

    identifier = cast(Any, langid.LanguageIdentifier).from_model_file(langid.MODEL_FILE)
    identifier.set_languages(LETTER_LANGUAGES)
    return lambda text: str(identifier.classify(text)[0])


TOOLS: dict[str, Callable[[], Tagger]] = {
    "pipeline": pipeline_tagger,
    "langdetect": langdetect_tagger,
    "lingua, 16 languages": lingua_tagger,
    "py3langid, 16 languages": py3langid_tagger,
}


if __name__ == "__main__":
    main()
