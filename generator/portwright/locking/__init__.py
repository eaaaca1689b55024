"""The lock in the hands of several people: what two branches wrote into it becomes one lock."""
