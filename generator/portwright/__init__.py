"""Portwright: one data contract in, every part of an output port out."""

__version__ = "0.1.0"
