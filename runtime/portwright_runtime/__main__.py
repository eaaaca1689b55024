"""`python -m portwright_runtime`."""

from portwright_runtime.cli import script

if __name__ == "__main__":
    script()
