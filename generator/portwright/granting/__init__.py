"""Granting: what a live system allows beside what the contracts say, as a plan of steps."""
