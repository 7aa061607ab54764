"""The language tagger, compared with langdetect, lingua and py3langid, each in its own process.

    python bench/language.py [--texts FILE] [--only NAME ...]

FILE is JSON Lines, plain or gzipped, each `{"set": …, "lang": …, "text": …}` with a BCP 47 tag; the default is the
project's labelled texts. For each tool and set it prints the mean accuracy over languages, with Traditional and
Simplified Chinese merged (base) and apart (tag), texts per second on one core, and peak memory. lingua needs the
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
# ISO 639-1 codes, as lingua and py3langid name them
NEWSLETTER_LANGUAGES = ("en", "de", "nl", "fr", "es", "it", "pt", "zh", "ja", "ko", "vi", "id", "ms", "th", "hi", "tl")
_CANONICAL = {"zh-cn": "zh-Hans", "zh-tw": "zh-Hant", "no": "nb", "tl": "fil"}  # a tool's code → BCP 47 tag

Tagger = Callable[[str], str]
Row = dict[str, str]


def main() -> None:
    """Measure each tool and print a line for each set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, default=OWN_TEXTS)
    parser.add_argument("--only", nargs="+", choices=list(TOOLS), default=list(TOOLS))
    arguments = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    for name in arguments.only:
        # A new process for each tool, so that peak memory is its own.
        with context.Pool(1) as pool:
            for line in pool.apply(measure, (name, arguments.texts)):
                print(line, flush=True)


def measure(name: str, path: Path) -> list[str]:
    """Measure a tool. Returns a line for each set of texts."""
    try:
        tag = TOOLS[name]()
    except ModuleNotFoundError as missing:
        return [f"{name:24} not installed: {missing.name}"]
    rows = read_rows(path)
    for text in ("This sentence makes the tool load what it needs.", "Hotel", "機器"):
        tag(text)
    lines = []
    for group in dict.fromkeys(row["set"] for row in rows):
        texts = [row for row in rows if row["set"] == group]
        started = time.process_time()
        tags = [tag(row["text"]) for row in texts]
        rate = len(texts) / (time.process_time() - started)
        base, exact = accuracy(texts, tags)
        lines.append(f"{name:24} {group:10} n {len(texts):5}  base {base:.4f}  tag {exact:.4f}  {rate:7.0f} texts/s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [f"{line}  {peak:5.0f} MB" for line in lines]


def accuracy(rows: Sequence[Row], tags: Sequence[str]) -> tuple[float, float]:
    """Mean accuracy over the labelled languages: of base languages, and of tags."""
    tally: dict[str, list[int]] = collections.defaultdict(lambda: [0, 0, 0])
    for row, tag in zip(rows, tags, strict=True):
        gold = row["lang"]
        base = tag.partition("-")[0] == gold.partition("-")[0]
        count = tally[gold]
        count[0] += 1
        count[1] += base
        count[2] += tag == gold if "-" in gold else base
    size = len(tally)
    return sum(c[1] / c[0] for c in tally.values()) / size, sum(c[2] / c[0] for c in tally.values()) / size


def read_rows(path: Path) -> list[Row]:
    """Read a JSON Lines file."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    return [json.loads(line) for line in text.split("\n") if line]


def _canonical(code: str) -> str:
    return _CANONICAL.get(code, code)


def pipeline_tagger() -> Tagger:
    """The tagger of this project."""
    sys.path.insert(0, str(ROOT))
    from pipeline.stages.tag import tag_text

    return tag_text


def langdetect_tagger() -> Tagger:
    """langdetect as documented, with a fixed seed."""
    import langdetect.lang_detect_exception

    module = cast(Any, langdetect)
    module.DetectorFactory.seed = 0

    def tag(text: str) -> str:
        try:
            found = str(module.detect(text))
        except langdetect.lang_detect_exception.LangDetectException:
            return "und"
        return _canonical(found)

    return tag


def lingua_tagger() -> Tagger:
    """lingua, restricted to the languages of a newsletter."""
    import lingua

    codes = [getattr(lingua.IsoCode639_1, language.upper()) for language in NEWSLETTER_LANGUAGES]
    detector = lingua.LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()

    def tag(text: str) -> str:
        found = detector.detect_language_of(text)
        return _canonical(found.iso_code_639_1.name.lower()) if found else "und"

    return tag


def py3langid_tagger() -> Tagger:
    """py3langid, restricted to the languages of a newsletter."""
    from py3langid import langid

    identifier = cast(Any, langid.LanguageIdentifier).from_model_file(langid.MODEL_FILE)
    identifier.set_languages(NEWSLETTER_LANGUAGES)
    return lambda text: _canonical(str(identifier.classify(text)[0]))


TOOLS: dict[str, Callable[[], Tagger]] = {
    "pipeline": pipeline_tagger,
    "langdetect": langdetect_tagger,
    "lingua, 16 languages": lingua_tagger,
    "py3langid, 16 languages": py3langid_tagger,
}


if __name__ == "__main__":
    main()
