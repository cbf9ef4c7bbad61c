"""From export files to tidy responses: read as text, decode, link, make long."""
