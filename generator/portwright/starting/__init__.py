"""Starting: `init` in the repository of a service, and `new port`."""
