"""`report`: what there is to know of all ports of a repository, printed."""
