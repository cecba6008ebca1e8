"""Connectors: code that knows one vendor's form each, and knows no store. To add one is to add a folder here."""

from rashin.connect.discover import connector, connectors, recognise
from rashin.connect.mapping import EventContacts, FactMapping, Field, Mapping
from rashin.connect.model import HEAD_BYTES, LINE, Assembly, Connector, Doubt, Head, Ignored, RawBatch, RawReject
from rashin.connect.toml import parse_mapping, read_mapping, read_streams

__all__ = [
    "HEAD_BYTES",
    "LINE",
    "Assembly",
    "Connector",
    "Doubt",
    "EventContacts",
    "FactMapping",
    "Field",
    "Head",
    "Ignored",
    "Mapping",
    "RawBatch",
    "RawReject",
    "connector",
    "connectors",
    "parse_mapping",
    "read_mapping",
    "read_streams",
    "recognise",
]
