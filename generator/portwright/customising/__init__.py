"""What others need to build on the tool: the model that targets see."""
