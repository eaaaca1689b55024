"""Example records of an object, for tests: values that are valid, and ones that break one rule.

A value is plain Python: what the generated models hold, but an enum's value is its text and a
record is a dict of its properties by name, without those that are absent. All are the same in
every run, and obviously made up, but for the examples that the contract gives.
"""

from portwright.targets.python.examples.faults import Fault, faults
from portwright.targets.python.examples.records import Examples, examples, without_example
from portwright.targets.python.examples.varieties import NoExample

__all__ = ["Examples", "Fault", "NoExample", "examples", "faults", "without_example"]
