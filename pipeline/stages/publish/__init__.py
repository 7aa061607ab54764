"""publish: give a finished edition the form in which a publisher's own templates leave it as it is."""

from pipeline.stages.publish.handover import CARD_BYTES, PICTURE, prepare_handover

__all__ = ["CARD_BYTES", "PICTURE", "prepare_handover"]
