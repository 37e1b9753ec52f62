"""How sound is coded: one decoder and one encoder a leg, between payloads and int16 at 8 kHz."""

from __future__ import annotations

from yuelai.media.embedded.codecs.base import Agreed, Decoder, Encoder, MalformedPayload
from yuelai.media.embedded.codecs.g711 import G711Decoder, G711Encoder
from yuelai.media.embedded.codecs.g722 import G722Decoder, G722Encoder
from yuelai.media.embedded.codecs.linear import LinearDecoder, LinearEncoder
from yuelai.media.embedded.codecs.opus import OpusDecoder, OpusEncoder
from yuelai.media.embedded.codecs.opus import available as opus_available
from yuelai.wire.g711 import Law

__all__ = ["Agreed", "Decoder", "Encoder", "MalformedPayload", "decoder", "encoder", "opus_available"]


def decoder(codec: Agreed) -> Decoder:
    """Raises KeyError for a codec that was not agreed on by us."""
    match codec.name:
        case "opus":
            return OpusDecoder()
        case "G722":
            return G722Decoder()
        case "L16":
            return LinearDecoder(codec.clock)
    return G711Decoder(Law[codec.name])


def encoder(codec: Agreed) -> Encoder:
    """Raises KeyError for a codec that was not agreed on by us."""
    match codec.name:
        case "opus":
            return OpusEncoder(codec.parameters)
        case "G722":
            return G722Encoder()
        case "L16":
            return LinearEncoder(codec.clock)
    return G711Encoder(Law[codec.name])
