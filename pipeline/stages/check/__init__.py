"""The gate: rules that an e-mail must pass before it can be approved or sent."""

from pipeline.stages.check.links import OutgoingLink, outgoing_links
from pipeline.stages.check.rules import RULES, Rule, check_issue

__all__ = ["RULES", "OutgoingLink", "Rule", "check_issue", "outgoing_links"]
