"""People across waves by the codes they made themselves: tidied, compared, joined, or laid before a person."""
