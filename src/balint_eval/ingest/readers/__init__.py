"""One small reader a platform; each turns a file into a `Sheet` of text."""
