"""What there is to know about Portwright itself: its targets and its codes."""
