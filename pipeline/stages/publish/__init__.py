"""publish: the form in which publishers leave a finished edition as it is, and the clicks that they export."""

from pipeline.stages.publish.click_file import parse_clicks
from pipeline.stages.publish.handover import CARD_BYTES, PICTURE, prepare_handover

__all__ = ["CARD_BYTES", "PICTURE", "parse_clicks", "prepare_handover"]
