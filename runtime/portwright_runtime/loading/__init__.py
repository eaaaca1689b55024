"""A load: records become Arrow batches, are staged, audited, and handed to a warehouse."""
