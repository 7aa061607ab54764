"""Tags of texts and stories, through the stage's public names."""

import itertools
import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from py3langid import langid

from pipeline.records import Block, Outcome
from pipeline.stages.tag import detect, models, tag_story, tag_text
from pipeline.stages.tag.detect import detect_all
from tests.factories import story

ROOT = Path(__file__).resolve().parents[2]


GERMAN = "Das Werk am Fluss steht still, weil die Zulieferer seit drei Wochen keine Batterien mehr schicken."
ENGLISH = "We have told every customer that the batteries will come before the end of the month, and not a day later."


def test_a_story_is_tagged_by_its_body_and_says_which_layer_decided() -> None:
    """The headline's language does not matter where there is a body."""
    tagged, decisions = tag_story(story("s1", GERMAN, title="The plant by the river"))
    assert tagged.language == "de"
    assert tagged.language_layer
    assert 0.5 < tagged.language_confidence <= 1
    assert [(decision.stage, decision.outcome, decision.story) for decision in decisions] == [
        ("tag", Outcome.KEPT, "s1")
    ]


def test_a_quotation_in_another_language_is_marked_and_nothing_else() -> None:
    """Only blocks in another language than the story's carry one."""
    tagged, _ = tag_story(story("s1", GERMAN, ENGLISH, GERMAN))
    assert [block.language for block in tagged.blocks] == [None, "en", None]


def test_a_title_alone_is_enough_for_a_tag() -> None:
    """Without a body the headline decides."""
    tagged, _ = tag_story(story(blocks=(), title="Warum die Fähre zur Insel im Winter nicht mehr fährt"))
    assert tagged.language == "de"


CHINESE = "公司週二表示,下一條組裝線將設在首都以外,那裡地價較低,離港口也不到一小時車程。"


def test_a_story_that_quotes_more_than_it_says_is_still_in_the_language_of_most_of_its_letters() -> None:
    """One long quotation does not outweigh the rest, nor does its order matter."""
    texts = [GERMAN, GERMAN, ENGLISH]
    for order in (texts, texts[::-1]):
        tagged, _ = tag_story(story("s1", *order))
        assert tagged.language == "de"
        assert {block.language for block in tagged.blocks if block.text == ENGLISH} == {"en"}


def test_a_short_block_in_another_script_is_marked() -> None:
    """A reader's font and voice change with the script, however short the text."""
    tagged, _ = tag_story(story("s1", ENGLISH, "北浜電機の工場は来月から動きます。", ENGLISH))
    assert [block.language for block in tagged.blocks] == [None, "ja", None]


def test_short_blocks_and_near_languages_are_not_marked() -> None:
    """A name, a figure or a line that could be either says nothing about itself: a wrong mark is worse than none."""
    tagged, _ = tag_story(story("s1", GERMAN, "Lodestar Robotics", "12,4 %", "Start-ups", "Hallo allemaal", GERMAN))
    assert {block.language for block in tagged.blocks} == {None}


def test_code_is_never_marked_and_never_decides() -> None:
    """Programs are written in no one's language."""
    blocks = (
        Block("code", "for line in the_file: print(line) # and so on until the end of the whole file"),
        Block("paragraph", GERMAN),
    )
    tagged, _ = tag_story(replace(story(), blocks=blocks))
    assert tagged.language == "de"
    assert [block.language for block in tagged.blocks] == [None, None]


def test_a_standfirst_speaks_only_where_title_and_body_do_not() -> None:
    """It is often the site's own line, in the site's own language."""
    bare = story(blocks=(), title="点击领取：读者专属礼包")
    assert (
        tag_story(replace(bare, standfirst="Subscribe to our newsletter and never miss a story"))[0].language
        == "zh-Hans"
    )
    silent = replace(story(blocks=(), title="2024"), standfirst=GERMAN)
    assert tag_story(silent)[0].language == "de"
    assert tag_story(story(blocks=(), title="2024"))[0].language == "und"


def test_chinese_is_decided_over_the_whole_story() -> None:
    """Lines that both sides would write the same go with the story, and are not marked."""
    tagged, _ = tag_story(story("s1", "人工智能", CHINESE, "香港"))
    assert tagged.language == "zh-Hant"
    assert [block.language for block in tagged.blocks] == [None, None, None]


def test_a_simplified_quotation_in_a_traditional_story_is_marked() -> None:
    """Its font is another one."""
    tagged, _ = tag_story(story("s1", CHINESE, CHINESE, "公司周二表示,网络设备将从这个月开始涨价,员工对此没有准备。"))
    assert tagged.language == "zh-Hant"
    assert [block.language for block in tagged.blocks] == [None, None, "zh-Hans"]


def test_marks_of_an_earlier_run_are_replaced() -> None:
    """Tagging again gives what tagging once gave."""
    once, _ = tag_story(story("s1", GERMAN, ENGLISH, GERMAN))
    assert tag_story(once)[0] == once
    stale = replace(once, blocks=tuple(replace(block, language="fr") for block in once.blocks))
    assert tag_story(stale)[0] == once


def test_the_ledger_says_language_layer_and_figure() -> None:
    """The ledger shows an editor why a story has its tag."""
    tagged, (decision,) = tag_story(story("s1", GERMAN, ENGLISH, GERMAN))
    assert decision.rule == f"language by {tagged.language_layer}"
    assert decision.figure == tagged.language_confidence
    assert decision.detail == "de, 1 × en"


@pytest.mark.parametrize(
    ("text", "declared", "tag", "layer"),
    [
        ("Nvidia", "de", "de", "declared"),
        ("2024", "nl-NL", "nl", "declared"),
        ("北京", "zh-TW", "zh-Hant", "declared"),
        ("北京", "zh-CN", "zh-Hans", "declared"),
        ("東京電力", "ja", "ja", "declared"),
        ("东京电力公司宣布", "ja", "zh-Hans", "characters"),
        (GERMAN, "en-US", "de", "model"),
        (CHINESE, "zh-CN", "zh-Hant", "characters"),
        (ENGLISH, "nonsense", "en", "model"),
    ],
)
def test_a_declared_language_decides_only_where_the_text_does_not(
    text: str, declared: str, tag: str, layer: str
) -> None:
    """It is a prior: it decides without evidence, and plain evidence outweighs it."""
    found = detect(text, declared=declared)
    assert (found.tag, found.layer) == (tag, layer)


def test_an_expected_language_tips_the_scales_of_a_short_title() -> None:
    """The config says which languages come in."""
    assert detect("De stille concurrent", expected=("nl", "de"), title=True).tag == "nl"
    assert detect("北京", expected=("en", "zh-Hant")).tag == "zh-Hant"
    assert detect("北京", expected=("zh-Hans", "zh-Hant")).tag == "zh"


def test_confidence_is_a_probability_and_falls_with_the_evidence() -> None:
    """Between 0 and 1, and less for three words than for a sentence."""
    texts = (GERMAN, "Die neue Fabrik", "Fabrik", "", CHINESE, "機器", "Syarikat itu berkata", "สวัสดี", "日経平均続落")
    found = [detect(text) for text in texts]
    assert all(0 <= its.confidence <= 1 for its in found)
    assert found[0].confidence > found[1].confidence


def test_the_answer_is_the_same_in_any_order_and_any_process() -> None:
    """langdetect draws random numbers: every text gets the same seed, in any order and under any hash seed."""
    texts = [
        "Hotel",
        "De stille concurrent",
        "Taxi frei",
        "Café Central",
        "Radio Nova",
        GERMAN,
        "Merci",
        "Bon dia",
        "Tak",
        "Sí",
    ]
    here = [repr(detect(text)) for text in texts]
    backwards = [repr(detect(text)) for text in reversed(texts)]
    assert here == backwards[::-1]
    for seed in ("1", "2"):
        assert in_another_process(texts, seed) == here


def in_another_process(texts: Sequence[str], seed: str) -> list[str]:
    """What a fresh interpreter with its own hash seed says."""
    program = "import sys\nfrom pipeline.stages.tag import detect\nfor text in sys.argv[1:]: print(repr(detect(text)))"
    done = subprocess.run(
        [sys.executable, "-c", program, *texts],
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
    )
    return done.stdout.decode().splitlines()


SEEDS = {"000": "nl", "001": "de", "002": "de", "003": "de", "004": "zh-Hant"}


@pytest.mark.parametrize(("name", "language"), SEEDS.items())
def test_seed_documents_have_their_language_and_each_chinese_line_is_traditional(name: str, language: str) -> None:
    """Line by line for Chinese, as a whole for the rest."""
    folder = ROOT / ".." / "shared" / "seeds"
    files = sorted(folder.glob(f"{name}_*.txt"))
    if not files:
        pytest.skip("the seed documents are missing")
    lines = [line.strip() for line in files[0].read_text(encoding="utf-8").splitlines() if line.strip()]
    tagged, _ = tag_story(story("s1", *lines))
    assert tagged.language == language
    if language == "zh-Hant":
        assert {tag_text(line) for line in lines} == {"zh-Hant"}
        assert {block.language for block in tagged.blocks} == {None}
    else:
        assert {block.language for block in tagged.blocks} <= {None, "en"}


@pytest.mark.parametrize(
    "text",
    [
        "\x00",
        "\ud800",
        "The plant \ud800 has been closed since May",
        "a\u0301" * 5000,
        "(" * 5000,
        "http://" * 500,
        "\u202e" * 20,
        "ﷺ" * 50,
    ],
)
def test_hostile_text_is_ordinary_text(text: str) -> None:
    """Whatever a feed sends gets a tag, and soon."""
    assert isinstance(tag_text(text), str)


def test_texts_without_letters_are_und() -> None:
    """langdetect raises on these; the tagger does not."""
    assert {
        tag_text(text) for text in ("", " ", "2024", "12:30 – 14:00", "€ 3,50", "🎉🎉", "https://example.com/a")
    } == {"und"}


def test_a_detection_survives_a_process_boundary() -> None:
    """Workers send it back by pickle."""
    found = detect("Der Zug nach Hamburg hat zwanzig Minuten Verspätung.")
    assert pickle.loads(pickle.dumps(found)) == found
    assert pickle.loads(pickle.dumps(tag_story)) is tag_story


def test_the_automaton_counts_all_bytes_at_once_as_py3langid_counts_them_one_by_one() -> None:
    """n-grams are cut nowhere: each language has the likelihood that py3langid's own loop over the bytes gives it."""
    theirs = cast(Any, langid.LanguageIdentifier).from_model_file(langid.MODEL_FILE)
    texts = [
        "",
        "a",
        "1 2 3",
        "The ferry left the pier at noon and nobody on the quay had seen a stranger boat.",
        "DIE FÄHRE LEGT UM ZWÖLF UHR AB",
        "Phà rời bến lúc giữa trưa và không ai trên bờ từng thấy con tàu nào lạ hơn.",
        "Паром отошёл от причала в полдень.",
        "غادرت العبارة الرصيف عند الظهر.",
        "e\u0301 \ud800 中文 한국어",
    ]
    for text, (script, tags) in itertools.product(texts, models.TAGS_BY_SCRIPT.items()):
        scores = {models.TAG_OF_CODE.get(code, code): score for code, score in theirs.rank(text)}
        wanted = {tag: score for tag, score in scores.items() if tag in tags}
        (found,) = models.likelihoods_of([text], script)
        assert found.by_tag.keys() == wanted.keys()
        for tag, score in wanted.items():
            assert found.by_tag[tag] == pytest.approx(score, rel=1e-5)


def test_no_n_gram_is_longer_than_the_automaton_looks_back() -> None:
    """Every state of the model is reached within as many bytes as are looked at."""
    theirs = cast(Any, langid.LanguageIdentifier).from_model_file(langid.MODEL_FILE)
    following, rows = np.asarray(theirs.tk_nextmove), np.asarray(theirs.tk_row).astype(np.int64) << 8
    reached, front = np.zeros(len(rows), dtype=bool), np.array([0])
    for _ in range(models.LONGEST_GRAM + 1):
        reached[front] = True
        front = np.unique(following[rows[front][:, None] + np.arange(256)])
    assert reached.all()


def test_the_byte_between_two_texts_returns_the_automaton_to_its_start() -> None:
    """No n-gram contains that byte, so nothing of one text reaches the next."""
    theirs = cast(Any, langid.LanguageIdentifier).from_model_file(langid.MODEL_FILE)
    following, rows = np.asarray(theirs.tk_nextmove), np.asarray(theirs.tk_row).astype(np.int64) << 8
    assert not following[rows].any()


def test_texts_taken_together_are_detected_as_each_by_itself() -> None:
    """Neighbouring texts, empty or in other scripts, change neither the language nor the confidence."""
    texts = [
        "",
        "The ferry left the pier at noon. See https://pier.example/noon for @times.",
        "ANKUNFT DER FÄHRE UM ZWÖLF",
        "渡輪在中午離開碼頭。",
        "\x00 nul\x00",
        "Kapal feri bertolak dari jeti pada waktu tengah hari kerana ribut.",
        "Паром отошёл от причала в полдень.",
        "12:30",
        "Veerboot",
    ]
    given: dict[str, Any] = {"declared": "nl", "expected": ("en", "de", "zh-Hant"), "title": True}
    assert detect_all(texts, **given) == [detect(text, **given) for text in texts]
    assert detect_all([], **given) == []
