"""The command `doctor`: what is wrong with where Portwright runs, and what to do about it."""
