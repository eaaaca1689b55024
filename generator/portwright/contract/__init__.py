"""Contracts: an ODCS document's nodes made into a model, one module a subject."""

from portwright.contract.document import load

__all__ = ["load"]
