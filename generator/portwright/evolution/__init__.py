"""Evolution: what has changed between two versions of a contract, what that means for whom, and
how far it raises the version. Pure: models in, data out."""
