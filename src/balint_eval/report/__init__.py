"""Reports for two readers: tables become frozen blocks, blocks become pages."""
