"""Measures: ratios against a peer or the hand-written way, taken side by side in one run."""
