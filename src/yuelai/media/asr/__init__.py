"""Text from speech. A `Recogniser` hears it; `menu` finds what of a menu was meant."""

from yuelai.media.asr.ports import Heard, NoRecogniser, Recogniser, RecogniserFailed

__all__ = ["Heard", "NoRecogniser", "Recogniser", "RecogniserFailed"]
