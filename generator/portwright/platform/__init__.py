"""What those who keep presets look at: the config in effect, and its policies."""
