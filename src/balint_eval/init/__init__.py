"""From exports nobody has described to a study file and a codebook: what is seen, what is asked, what stays open."""
