"""The gate: what must hold of an e-mail before it may be approved or sent."""

from pipeline.stages.check.links import Outgoing, outgoing_links
from pipeline.stages.check.rules import RULES, Rule, check_issue

__all__ = ["RULES", "Outgoing", "Rule", "check_issue", "outgoing_links"]
