"""`portwright.yaml`: which contracts, which targets, where to, and what is agreed on."""

from portwright.config.reading import EXAMPLE, Config, Output, PortChoice, load

__all__ = ["EXAMPLE", "Config", "Output", "PortChoice", "load"]
