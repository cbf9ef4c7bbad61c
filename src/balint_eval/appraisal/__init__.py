"""How a reviewer would look at the study: a proposed MERSQI score and the reporting checklist that fits."""
