"""The documentation site: pages of `docs`, a reference made of the code, and a check of links."""
