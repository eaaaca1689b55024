"""`portwright.yaml`: which contracts, which targets, where to, and what is held to."""

from portwright.config.presets import PRESET, Preset
from portwright.config.reading import EXAMPLE, Config, Output, PortChoice, load

__all__ = ["EXAMPLE", "PRESET", "Config", "Output", "PortChoice", "Preset", "load"]
