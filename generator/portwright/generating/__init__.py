"""Generated files written, and contracts checked without writing."""
