"""Write: what a writer is asked about a story, and whether the source bears out what it proposes."""

from pipeline.stages.write.alignment import without_strangers
from pipeline.stages.write.checker import CHECKER_VERSION, check_translation, doubtful_names
from pipeline.stages.write.finding import Finding
from pipeline.stages.write.judge import Verdict, answer_fault, join_sentences, judge_answer, proposed_text
from pipeline.stages.write.marks import Mark, mark_proposal
from pipeline.stages.write.tasks import translation_task, writing_task

__all__ = [
    "CHECKER_VERSION",
    "Finding",
    "Mark",
    "Verdict",
    "answer_fault",
    "check_translation",
    "doubtful_names",
    "join_sentences",
    "judge_answer",
    "mark_proposal",
    "proposed_text",
    "translation_task",
    "without_strangers",
    "writing_task",
]
