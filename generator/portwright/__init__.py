"""Portwright: one data contract in, every part of an output port out."""
