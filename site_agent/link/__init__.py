"""The wire between this site and its hub. The agent always calls; the hub only answers."""
