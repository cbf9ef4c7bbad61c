# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A figure for a paper
#
# Every figure of a report can be drawn again at a journal's width, in another language, as PDF or SVG. Letters keep
# their size, so the file is not scaled afterwards.

# %%
import tempfile
from pathlib import Path

import pandas as pd
from IPython.display import SVG

from balint_eval import evaluate
from balint_eval.plots import list_figures, save_drawing

ROOT = next(path for path in [Path.cwd(), *Path.cwd().parents] if (path / "config" / "config.yaml").is_file())
evaluation = evaluate(ROOT / "config" / "config.yaml", key=bytes(range(32)))

# %% [markdown]
# ## Which figures there are

# %%
figures = list_figures(evaluation.tables, evaluation.file, evaluation.file.language("en"))
sorted(figures)

# %% [markdown]
# ## One column of a journal
#
# 85 mm. The files land in a folder of their own: the picture, the numbers behind it and its description in words.

# %%
folder = Path(tempfile.mkdtemp())
drawing = figures["forest"](width_mm=85.0)
written = save_drawing(drawing, folder, "forest", ("svg", "pdf"))
[path.name for path in written]

# %%
SVG(filename=str(folder / "forest.svg"))

# %% [markdown]
# ## The words
#
# The description is for readers who do not see the figure. It is a good start for a legend.

# %%
print((folder / "forest.txt").read_text(encoding="utf-8"))

# %% [markdown]
# ## The numbers
#
# Journals ask for the data behind a figure. They are exactly what is drawn.

# %%
pd.read_csv(folder / "forest.csv").round(2)

# %% [markdown]
# ## The same in Persian
#
# The sheet is mirrored, digits are Persian, the axis of numbers still runs from left to right.

# %%
persian = list_figures(evaluation.tables, evaluation.file, evaluation.file.language("fa"))
save_drawing(persian["forest"](width_mm=174.0), folder, "forest_fa", ("svg",))
SVG(filename=str(folder / "forest_fa.svg"))

# %% [markdown]
# From the command line: `balint-eval figures STUDY --output paper --figure forest --width single --format pdf`.
