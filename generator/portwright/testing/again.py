"""The other process of the laws: reads a target with models, and writes what it makes of them."""

from __future__ import annotations

import pickle
import sys

from portwright.testing.laws import outcomes

if __name__ == "__main__":
    target, models = pickle.load(sys.stdin.buffer)
    sys.stdout.buffer.write(pickle.dumps(outcomes(target, models)))
