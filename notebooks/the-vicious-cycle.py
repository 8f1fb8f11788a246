# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The vicious cycle
#
# Fat around the organs keeps up inflammation; inflammation makes cells deaf to insulin; the pancreas
# answers with more insulin; insulin favours storing fat, above all around the organs. Each feeds the
# next, and the last the first.
#
# Does such a circle grow without end? Can one get out of it? This notebook pushes it and watches, then
# cuts it, link by link. Before each picture there is a question. Answer it before you scroll.
#
# > **Illustrative, not clinical.** A model of an invented person. It shows directions, order and
# > rough sizes; it says nothing about you or any patient. See `DISCLAIMER.md`.

# %%
import matplotlib.pyplot as plt
import numpy as np

import metabosim as ms

SUBJECT = "visceral-obese"
WEEKS = 61
COLOURS = ("#000000", "#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
plt.rcParams |= {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "font.size": 11,
    "lines.linewidth": 2.2,
}


def year(*steps, **what):
    """Fourteen months of a person with a large belly."""
    return ms.simulate(SUBJECT, steps, duration=f"{WEEKS} weeks", resolution="averaged", **what)


def weekly(run, name):
    """The mean of each week."""
    at = np.arange(0.0, WEEKS * 10_080.0, 60.0)
    return np.interp(at, run.time_min, run[name]).reshape(WEEKS, -1).mean(axis=1)


def finish(figure, title):
    """A title above, the disclaimer below."""
    figure.suptitle(title, x=0.01, ha="left", weight="bold")
    note = f"metabosim {ms.__version__}, subject {SUBJECT}: illustrative, not clinical"
    figure.text(0.01, 0, note, fontsize=8, color="#595959")
    figure.tight_layout(rect=(0, 0.03, 1, 1))


# %% [markdown]
# ## 1. A push
#
# Eight weeks of eating 40 % more than appetite asks for; then a year by appetite.
#
# > **Predict.** What does visceral fat do in that year? (a) it goes on growing, since the circle feeds
# > itself (b) it stays (c) it comes back, slowly

# %%
OVERFEEDING = ms.Diet(1.4, "0 weeks", "8 weeks")
never, pushed = year(), year(OVERFEEDING)
PANELS = {
    "vat_kg": "visceral fat, kg",
    "inflammation_index": "inflammation",
    "insulin_pmol_l": "insulin, pmol/L",
    "insulin_signalling_index": "insulin's signal",
}
weeks = np.arange(WEEKS) + 0.5
figure, grid = plt.subplots(1, 4, figsize=(13, 3.8))
for axes, (name, text) in zip(grid, PANELS.items(), strict=True):
    axes.axvspan(0, 8, color="#eeeeee")
    axes.plot(weeks, weekly(never, name), ":", color="black", label="as usual")
    axes.plot(weeks, weekly(pushed, name), color="#D55E00", label="overfed")
    axes.set(title=text, xlabel="weeks", xticks=range(0, 61, 13))
grid[0].legend(frameon=False)
finish(figure, "Eight weeks of overfeeding (grey), then by appetite")


# %%
def extra(run, name="vat_kg"):
    """What is more than without the push, week by week."""
    return weekly(run, name) - weekly(never, name)


most, left = extra(pushed).max(), extra(pushed)[-1]
assert most > 0.3
assert 0 < left < 0.5 * most
f"{most:.2f} kg more at the most, {left:.2f} kg a year later"

# %% [markdown]
# **(c).** Insulin is up as long as more is eaten, and a little afterwards. Fat and inflammation rise and
# insulin's signal falls, one after the other; all come back. The circle is there, and it settles: each
# turn gives back *less* than went in.
#
# ## 2. Does the circle matter at all, then?
#
# That things move together does not show that they cause each other. A model can do what nobody can
# do in a clinic: hold a link still, as it was, and push again.
#
# > **Predict.** With every link held, how much of the extra fat is left after the year: more, the same,
# > or less than before?

# %%
LINKS = {
    "insulin storing fat": "insulin_storage",
    "fat inflaming": "vat_inflammation_drive",
    "inflammation blocking insulin": "inflammation_load",
    "the insulin that fat sees": "insulin_at_fat",
    "fat braking growth hormone": "vat_gh_brake",
}


def holding(*names):
    """The push with some links held at what they were at rest."""
    return year(OVERFEEDING, *(ms.Hold(name, "baseline") for name in names))


cut = holding(*LINKS.values())
figure, axes = plt.subplots(figsize=(9, 4.2))
axes.axvspan(0, 8, color="#eeeeee")
axes.plot(weeks, extra(pushed), color="#D55E00")
axes.plot(weeks, extra(cut), "--", color="#0072B2")
axes.annotate(" whole loop", (weeks[-1], extra(pushed)[-1]), color="#B34700", annotation_clip=False)
axes.annotate(
    " all links held", (weeks[-1], extra(cut)[-1]), color="#0072B2", annotation_clip=False
)
axes.set(xlabel="weeks", ylabel="extra visceral fat, kg", xlim=(0, WEEKS))
finish(figure, "The same push, with the loop and without")

# %%
gain = 1 - extra(cut)[-1] / extra(pushed)[-1]
assert extra(cut)[-1] < extra(pushed)[-1]
assert 0.1 < gain < 0.95
f"of what is left after a year, {100 * gain:.0f} % is the loop's doing"

# %% [markdown]
# Less. What the loop sends round comes on top of what the push itself left: if a share $g$ of a
# deviation comes back after one turn, then $1 + g + g^2 + \dots = 1/(1 - g)$ of it is there in the end.
# With $g$ at 1 or above it would run away. Here $g$ is between 0 and 1, as it is in people, who can lose
# what they gained.
#
# ## 3. Which link is the strongest?
#
# > **Predict.** The links are held one at a time. Holding which one leaves least?

# %%
alone = {text: extra(holding(name))[-1] for text, name in LINKS.items()}
figure, axes = plt.subplots(figsize=(9, 3.6))
names = ["whole loop", *alone, "all links held"]
sizes = [left, *alone.values(), extra(cut)[-1]]
axes.barh(names, sizes, color=["#D55E00", *["#7d8a91"] * len(alone), "#0072B2"])
for place, size in enumerate(sizes):
    axes.annotate(f" {size:.3f} kg", (max(size, 0), place), va="center")
axes.invert_yaxis()
axes.set(xlabel="extra visceral fat a year later, kg", xlim=(0, 1.2 * max(sizes)))
finish(figure, "One link held at a time")

# %%
assert all(size < left for size in alone.values())
assert min(alone.values()) > extra(cut)[-1]

# %% [markdown]
# Every link does something, none does all, and holding all does more than holding any one. How strong
# each is in people is disputed; the sizes here are assumptions of this body. The fifth link, fat holding
# growth hormone down, is missing from the usual picture of the circle.
#
# ## 4. Can one get out?
#
# > **Predict.** The same person eats three quarters of what appetite asks for, for a year, without any
# > drug. Does insulin's signal recover? (a) no, the circle makes it impossible (b) yes

# %%
diet = year(ms.Diet(0.75, "0 weeks", f"{WEEKS} weeks"))
figure, grid = plt.subplots(1, 2, figsize=(10, 3.8))
for axes, name in zip(grid, ("vat_kg", "insulin_signalling_index"), strict=True):
    axes.plot(weeks, weekly(never, name), ":", color="black", label="as usual")
    axes.plot(weeks, weekly(diet, name), color="#009E73", label="three quarters")
    axes.set(title=PANELS[name], xlabel="weeks", xticks=range(0, 61, 13))
grid[0].legend(frameon=False)
finish(figure, "A year of eating less")

# %%
assert weekly(diet, "vat_kg")[-1] < 0.8 * weekly(never, "vat_kg")[-1]
assert weekly(diet, "insulin_signalling_index")[-1] > weekly(never, "insulin_signalling_index")[-1]

# %% [markdown]
# **(b).** A circle that amplifies a push upwards amplifies one downwards too.
#
# ## In reality
#
# - Each link has been seen in people; its size and even its direction are disputed. Genetic studies find
#   insulin raising body mass with one set of markers and only the reverse with another (Astley 2018).
# - Taking visceral fat out by surgery did not improve sensitivity (Fabbrini 2010), and a weight loss of
#   5 % improved it without any change in inflammatory markers (Magkos 2016).
# - That weight loss reverses the whole state is well documented. "Impossible to break" is wrong.
#
# ## Exercises
#
# 1. Overfeed for 16 weeks instead of 8. Is twice as much left? What would that say about the loop?
# 2. Set the lever `vat_inflammation` to 0 *lifelong* (`lifelong={"vat_inflammation": 0}`). Why does the
#    person begin somewhere else?
# 3. Find a pair of links that together do as much as all five.
#
# The same story, stated as claims that can fail: `metabosim check vicious-cycle hard-to-break
# vat-inflames inflammation-blocks-insulin`.
