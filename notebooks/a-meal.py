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
# # A meal
#
# A breakfast at eight o'clock, and nothing else until the evening. Glucose comes, is noticed, is put
# away. That so little happens is the work of a loop: glucose draws insulin, insulin sends glucose
# out of the blood, and less glucose draws less insulin.
#
# This notebook looks at the loop, then takes it apart. Before each picture there is a question.
# Answer it before you scroll.
#
# > **Illustrative, not clinical.** A model of an invented person. It shows directions, order and
# > rough sizes; it says nothing about you or any patient. See `DISCLAIMER.md`.

# %%
import matplotlib.pyplot as plt
import numpy as np

import metabosim as ms

HOURS = 16
MEAL = 8 * 60  # min
MINUTES = np.arange(HOURS * 60 + 1.0)
COLOURS = ("#000000", "#D55E00", "#0072B2", "#009E73")
DASHES = ("-", "--", "-.", ":")
plt.rcParams |= {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "font.size": 11,
    "lines.linewidth": 2.2,
}


def breakfast(grams=60, subject="lean-healthy", **what):
    """Sixteen hours of a person who eats one breakfast and nothing else."""
    steps = [ms.Fast("0 h", f"{HOURS} h"), ms.Meal("8 h", f"{grams} g")]
    return ms.simulate(subject, steps, duration=f"{HOURS} h", output=MINUTES, **what)


def show(runs, panels, title, start=7):
    """Courses of several runs; a name at the end of each."""
    figure, grid = plt.subplots(1, len(panels), figsize=(4.6 * len(panels), 4), squeeze=False)
    for axes, (name, text) in zip(grid[0], panels.items(), strict=True):
        for (label, run), colour, dash in zip(runs.items(), COLOURS, DASHES, strict=False):
            axes.plot(MINUTES / 60, run[name], dash, color=colour, label=label)
        axes.set(
            title=text,
            xlabel="clock, h",
            xlim=(start, HOURS),
            xticks=range(start, HOURS + 1, 1 + (start == 0)),
        )
        axes.axvline(MEAL / 60, color="#b0b0b0", lw=1)
    grid[0][-1].legend(frameon=False)
    figure.suptitle(title, x=0.01, ha="left", weight="bold")
    note = f"metabosim {ms.__version__}: illustrative, not clinical"
    figure.text(0.01, 0, note, fontsize=8, color="#595959")
    figure.tight_layout(rect=(0, 0.03, 1, 1))


def above_fasting(run, name="glucose_mmol_l"):
    """How far a quantity peaks above where it was before the meal."""
    return run[name].max() - run[name][MEAL]


# %% [markdown]
# ## 1. Three breakfasts
#
# > **Predict.** 30, 60 and 90 g of carbohydrate. Does glucose peak three times as high above
# > fasting after the largest as after the smallest? (a) three times (b) more (c) much less

# %%
meals = {f"{grams} g": breakfast(grams) for grams in (30, 60, 90)}
show(
    meals,
    {
        "glucose_mmol_l": "glucose, mmol/L",
        "insulin_secretion_pmol_min": "insulin secreted, pmol/min",
    },
    "Three breakfasts",
)

# %%
peaks = {size: above_fasting(run) for size, run in meals.items()}
secreted = {
    size: float(np.sum(run["insulin_secretion_pmol_min"] - run["insulin_secretion_pmol_min"][MEAL]))
    for size, run in meals.items()
}
assert 1 < peaks["90 g"] / peaks["30 g"] < 2.5
assert secreted["30 g"] < secreted["60 g"] < secreted["90 g"]
assert min(run["glucose_mmol_l"].min() for run in meals.values()) > 3.5
{size: f"+{peak:.1f} mmol/L" for size, peak in peaks.items()}

# %% [markdown]
# **(c).** A larger meal leaves the stomach for longer rather than faster, and it draws more insulin.
# What grows with the meal is how long glucose stays up, and how much insulin it takes.
#
# ## 2. Where does it go?
#
# > **Predict.** Insulin stops the liver from making glucose, and opens muscle to it. In the first two
# > hours after the meal, which does more to keep the peak down? And what does the brain do?

# %%
FLOWS = {
    "glucose_appearance_mmol_min": "from the gut",
    "glucose_production_mmol_min": "from the liver",
    "glucose_uptake_muscle_mmol_min": "into muscle",
    "glucose_uptake_brain_mmol_min": "into the brain",
}
usual = meals["60 g"]
figure, axes = plt.subplots(figsize=(9, 4.2))
for (name, text), colour, dash in zip(FLOWS.items(), COLOURS, DASHES, strict=True):
    axes.plot(MINUTES / 60, usual[name], dash, color=colour, label=text)
axes.set(
    xlim=(7, HOURS),
    xlabel="clock, h",
    ylabel="glucose, mmol/min",
    title="60 g, where from and where to",
)
axes.legend(frameon=False)
figure.tight_layout()

# %%
two_hours = slice(MEAL, MEAL + 121)
changed = {
    text: float(np.sum(usual[name][two_hours] - usual[name][MEAL])) for name, text in FLOWS.items()
}
assert changed["from the liver"] < 0 < changed["into muscle"]
assert abs(changed["into the brain"]) < 0.1 * changed["into muscle"]
{text: f"{amount:+.0f} mmol in two hours" for text, amount in changed.items()}

# %% [markdown]
# Both do their part: the liver makes less than it did, muscle takes up more than it did. The brain
# takes the same as ever; it does not ask insulin.
#
# ## 3. Break it
#
# A lever is a gain on one mechanism. At 0 the mechanism is gone.
#
# > **Predict.** The same breakfast, and the islet releases no insulin. Is glucose back by noon?

# %%
broken = {
    "as it is": usual,
    "insulin half as strong": breakfast(levers={"insulin_action": 0.5}),
    "no insulin released": breakfast(levers={"insulin_secretion": 0}),
}
show(
    broken,
    {"glucose_mmol_l": "glucose, mmol/L", "insulin_pmol_l": "insulin, pmol/L"},
    "A loop and two broken ones",
    start=0,
)

# %%
noon = 12 * 60
left = {
    name: run["glucose_mmol_l"][noon] - usual["glucose_mmol_l"][MEAL]
    for name, run in broken.items()
}
assert left["as it is"] < 1
assert left["no insulin released"] > 5
assert above_fasting(broken["insulin half as strong"], "insulin_pmol_l") > above_fasting(
    usual, "insulin_pmol_l"
)
{name: f"{more:+.1f} mmol/L at noon" for name, more in left.items()}

# %% [markdown]
# Without insulin there is no way back. With insulin at half its strength there is: glucose goes
# higher, which draws *more* insulin. A loop makes up for much of what is done to it, and what it has
# to do for that is seen in its messenger.
#
# ## 4. Three people
#
# > **Predict.** The same breakfast in a lean person, a resistant one whose pancreas still keeps up, and
# > one with type 2 diabetes. Order them by their glucose, then by the insulin they secrete.

# %%
people = {
    name: breakfast(subject=name)
    for name in ("lean-healthy", "insulin-resistant", "type-2-diabetes")
}
show(
    people,
    {"glucose_mmol_l": "glucose, mmol/L", "insulin_pmol_l": "insulin, pmol/L"},
    "The same 60 g in three people",
)

# %%
lean, resistant, diabetic = people.values()
assert (
    lean["glucose_mmol_l"].max()
    < resistant["glucose_mmol_l"].max()
    < diabetic["glucose_mmol_l"].max()
)
assert resistant["insulin_pmol_l"].max() > lean["insulin_pmol_l"].max()
assert diabetic["glucose_mmol_l"][MEAL] > 6.5
{
    name: f"glucose to {run['glucose_mmol_l'].max():.1f} mmol/L, insulin to {run['insulin_pmol_l'].max():.0f} pmol/L"
    for name, run in people.items()
}

# %% [markdown]
# The resistant person's glucose is not far from the lean one's; the insulin is. In diabetes both
# resistance and a tired islet are at work, and glucose tells.
#
# ## In reality
#
# - Healthy people wearing a sensor peak at about 7.3 mmol/L some 50 minutes after breakfast
#   (Freckmann 2007), and what is eaten *with* the carbohydrate moves the peak. In this body a meal is
#   carbohydrate and energy only.
# - Glucose here is one compartment, and the day is the same every day.
#
# ## Exercises
#
# 1. Eat the 60 g as three meals of 20 g, two hours apart. What becomes of the peak, and of the insulin
#    secreted in all? Predict both, then run it.
# 2. Set `glp1_gastric_emptying` to 0 and to 3. Which changes, the peak or what is absorbed in all?
# 3. Give the glucose into a vein instead: `ms.GlucoseInfusion`, the same grams over an hour. Why is less
#    insulin secreted?
#
# The same story, stated as claims that can fail: `metabosim check meal-homeostasis insulin-resistance
# incretin-effect`.
