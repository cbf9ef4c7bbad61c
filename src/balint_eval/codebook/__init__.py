"""The codebook: which column of which export holds what, as a workbook people edit or as YAML."""
