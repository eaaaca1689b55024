"""Contracts beside what they were: `diff` tells what has changed, `breaking` judges it."""
