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
# # Inside-out, outside-in
#
# Two drugs, one person with a large belly, one year.
#
# - A **GLP-1 receptor agonist** (semaglutide) speaks to the islet, the stomach and the appetite.
#   It is said to work *from the inside out*: glucose first, the body later.
# - A **GHRH analogue** (tesamorelin) makes the pituitary release more of its own growth hormone.
#   It is said to work *from the outside in*: the body first, insulin sensitivity later.
#
# This notebook gives both to the same virtual person and looks. Before each picture there is a
# question. Answer it before you scroll.
#
# > **Illustrative, not clinical.** A model of an invented person. It shows directions, order and
# > rough sizes; it says nothing about you or any patient. Do not use it to decide about
# > treatment. See `DISCLAIMER.md`.

# %%
import matplotlib.pyplot as plt
import numpy as np

import metabosim as ms

DAY, WEEK = 1440.0, 10080.0  # min
SUBJECT = "visceral-obese"
COLOURS = {"untreated": "#000000", "semaglutide": "#0072B2", "tesamorelin": "#D55E00"}
DASHES = {"untreated": ":", "semaglutide": "-", "tesamorelin": "--"}
plt.rcParams |= {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "font.size": 11,
    "lines.linewidth": 2.2,
}


# %% [markdown]
# ## Three arms
#
# Semaglutide once a week, the dose raised every four weeks as in trials; tesamorelin every
# evening; nothing. Each arm starts from the person's *rest*: the habitual day that repeats
# itself.


# %%
def escalated(therapy, doses):
    """Weekly doses from 08:00 of the first day, four weeks each, the last one on."""
    start = [480.0 + 4 * WEEK * n for n in range(len(doses))]
    stop = [*start[1:], None]
    return [
        ms.Dose(therapy, amount, at, "1 week", until)
        for amount, at, until in zip(doses, start, stop, strict=True)
    ]


ARMS = {
    "untreated": [],
    "semaglutide": escalated("semaglutide", ["0.25 mg", "0.5 mg", "1 mg", "1.7 mg", "2.4 mg"]),
    "tesamorelin": [ms.Dose("tesamorelin", "2 mg", "22 h", "1 d")],
}
year = {arm: ms.simulate(SUBJECT, steps, duration="52 weeks") for arm, steps in ARMS.items()}


def daily(run, name):
    """The mean of each day of a run recorded every hour."""
    values = run[name][:-1].reshape(-1, 24)
    return values.mean(axis=1)


def finish(figure, title):
    """A title above, the disclaimer below."""
    figure.suptitle(title, x=0.01, ha="left", weight="bold")
    figure.text(
        0.01,
        0.0,
        f"metabosim {ms.__version__}, subject {SUBJECT}: illustrative, not clinical",
        fontsize=8,
        color="#595959",
    )
    figure.tight_layout(rect=(0, 0.03, 1, 1))


def label(axes, x, ends):
    """Names beside the ends of curves, (arm, text, y) each, moved apart where they would touch."""
    low, high = axes.get_ylim()
    axes.set_ylim(low, high)
    y = low
    for arm, text, end in sorted(ends, key=lambda item: item[2]):
        y = max(end, y)
        axes.annotate(text, (x, y), color=COLOURS[arm], va="center", annotation_clip=False)
        y += 0.075 * (high - low)


# %% [markdown]
# ## 1. Two weeks in
#
# > **Predict.** On the fifteenth day nobody's belly has changed much. How does the day's glucose
# > compare with the untreated day? (a) lower under both drugs (b) lower under semaglutide, a
# > little higher under tesamorelin (c) unchanged under both

# %%
minutes = np.arange(14 * DAY, 15 * DAY + 1)
fortnight = {
    arm: ms.simulate(SUBJECT, steps, duration="15 d", output=minutes) for arm, steps in ARMS.items()
}

figure, axes = plt.subplots(figsize=(9, 4.2))
clock = (minutes - minutes[0]) / 60
ends = []
for arm, run in fortnight.items():
    axes.plot(clock, run["glucose_mmol_l"], DASHES[arm], color=COLOURS[arm])
    mean = run["glucose_mmol_l"].mean()
    ends.append((arm, f"{arm}, mean {mean:.2f}", mean))
    axes.plot([24.4, 25.2], [mean, mean], DASHES[arm], color=COLOURS[arm], clip_on=False)
axes.set(xlim=(0, 24), xticks=range(0, 25, 4), xlabel="clock, h", ylabel="glucose, mmol/L")
label(axes, 25.4, ends)
finish(figure, "Glucose on day 15")

# %% [markdown]
# **(b).** Semaglutide multiplies the insulin that each meal draws, restrains glucagon and takes
# the edge off the appetite: glucose is lower at once, at the lowest dose. Tesamorelin's growth
# hormone opposes insulin within hours, before it has moved much fat: glucose goes the other way.

# %%
before = {arm: run.baseline("glucose_mmol_l") for arm, run in year.items()}
early = {arm: run["glucose_mmol_l"].mean() - before[arm] for arm, run in fortnight.items()}
assert early["semaglutide"] < -0.2
assert early["tesamorelin"] > 0.02
{arm: f"{change:+.2f} mmol/L" for arm, change in early.items()}

# %% [markdown]
# ## 2. The body over a year
#
# > **Predict.** Which drug changes body weight, which changes the share of fat around the organs,
# > and which changes lean mass upwards?

# %%
PANELS = {
    "weight_kg": "weight, kg",
    "vat_kg": "visceral fat, kg",
    "sat_kg": "subcutaneous fat, kg",
    "lean_kg": "lean mass, kg",
}
weeks = (np.arange(52 * 7) + 0.5) / 7
figure, grid = plt.subplots(1, 4, figsize=(13, 3.8))
for axes, (name, text) in zip(grid, PANELS.items(), strict=True):
    for arm, run in year.items():
        axes.plot(weeks, daily(run, name), DASHES[arm], color=COLOURS[arm])
    axes.set(title=text, xlabel="weeks", xticks=range(0, 53, 13))
label(grid[-1], 53, [(arm, arm, daily(run, "lean_kg")[-1]) for arm, run in year.items()])
finish(figure, "The body over a year")


# %%
def changed(arm, name):
    """Change over the year, per cent."""
    course = daily(year[arm], name)
    return 100 * (course[-1] / course[0] - 1)


assert changed("semaglutide", "weight_kg") < -8
assert abs(changed("tesamorelin", "weight_kg")) < 2
assert changed("semaglutide", "vat_kg") < 1.3 * changed("semaglutide", "weight_kg")
assert changed("tesamorelin", "vat_kg") < -8
assert changed("tesamorelin", "lean_kg") > 0 > changed("semaglutide", "lean_kg")
for arm in ("semaglutide", "tesamorelin"):
    print(
        arm,
        *(f"{text.split(',')[0]} {changed(arm, n):+.1f} %" for n, text in PANELS.items()),
        sep="\n  ",
    )

# %% [markdown]
# Semaglutide takes weight everywhere, because less is eaten; the belly loses more than its share,
# and lean mass goes too. Tesamorelin leaves weight where it was: it moves fat *out of the belly*
# and adds a little lean mass.
#
# ## 3. Sensitivity
#
# The standard measure is a clamp: insulin is infused, glucose is held at 5 mmol/L, and **M** is
# how much glucose that takes. We clamp a copy of the person at several weeks, at 07:00 with the
# drug on board.
#
# > **Predict.** Draw M over the year for both drugs. Does either of them get worse before it gets
# > better?

# %%
VISITS = [0, 1, 2, 4, 6, 8, 13, 20, 26, 32, 39, 45, 51]


def m_values(run):
    """M at 07:00 of the first day of each visit's week, mg/kg/min."""
    return np.array([run.m_value(week * WEEK + 420.0) for week in VISITS])


m = {arm: m_values(run) for arm, run in year.items()}

figure, grid = plt.subplots(1, 2, figsize=(11, 4.2), width_ratios=(1, 1))
for axes, arms in zip(grid, (COLOURS, ("untreated", "tesamorelin")), strict=True):
    for arm in arms:
        marker = "" if arm == "untreated" else "o"
        axes.plot(VISITS, m[arm], DASHES[arm], color=COLOURS[arm], marker=marker, ms=4)
    label(axes, 52, [(arm, arm, m[arm][-1]) for arm in arms])
    axes.set(xlabel="weeks", ylabel="M, mg/kg/min", xticks=range(0, 53, 13))
grid[0].set_title("both drugs")
grid[1].set_title("tesamorelin, close up")
finish(figure, "Insulin sensitivity by clamp")

# %%
lowest = int(np.argmin(m["tesamorelin"]))
assert m["tesamorelin"][lowest] < 0.98 * m["tesamorelin"][0]
assert 0 < VISITS[lowest] <= 8
assert m["tesamorelin"][-1] > m["tesamorelin"][lowest] + 0.1
assert m["semaglutide"][-1] > m["semaglutide"][0] * 1.15

# %% [markdown]
# Semaglutide: up from the start (lower glucose is kinder to insulin's signal, and M is per kg of
# a person who weighs less and less), and up all year as fat goes. Tesamorelin: **worse before
# better**. Growth hormone's opposition comes within hours and stays; the gain comes as slowly as
# the belly goes.
#
# ## 4. The order of things
#
# > **Predict.** For each drug, which has come half of its way first: glucose, visceral fat, or M?
#
# To compare courses in different units, each is drawn as the share of its own way: from where it
# started to where it is after a year. (M under tesamorelin starts from its lowest point.)


# %%
def share(course, start=0):
    """How much of the way from `start` to the end each point has come."""
    return (course - course[start]) / (course[-1] - course[start])


def half_time(time, course):
    """When the course has come half of its way, for good."""
    behind = np.flatnonzero(course < 0.5)[-1]
    return float(np.interp(0.5, course[behind : behind + 2], time[behind : behind + 2]))


def when(at):
    """A time in weeks, for people."""
    return f"day {7 * at:.0f}" if at < 2 else f"week {at:.0f}"


visits = np.array(VISITS, float)
weekly = weeks.reshape(-1, 7).mean(axis=1)


def weekly_share(arm, name):
    """Share of the way, week by week, so that a weekly dose does not show."""
    course = daily(year[arm], name).reshape(-1, 7).mean(axis=1)
    rest = year[arm].baseline(name)
    return np.append(0.0, weekly), share(np.append(rest, course))


COURSES = {
    "semaglutide": {
        "glucose": weekly_share("semaglutide", "glucose_mmol_l"),
        "visceral fat": weekly_share("semaglutide", "vat_kg"),
    },
    "tesamorelin": {
        "visceral fat": weekly_share("tesamorelin", "vat_kg"),
        "M": (visits[lowest:], share(m["tesamorelin"], lowest)[lowest:]),
    },
}
half = {
    (arm, what): half_time(*course)
    for arm, courses in COURSES.items()
    for what, course in courses.items()
}

figure, grid = plt.subplots(1, 2, figsize=(11, 4.2), sharey=True)
LINES = {"glucose": "-", "visceral fat": "--", "M": "-."}
for axes, (arm, courses) in zip(grid, COURSES.items(), strict=True):
    axes.axhline(0.5, color="#d9d9d9", lw=1)
    first = min(courses, key=lambda what: half[arm, what])
    for what, (time, course) in courses.items():
        at = half[arm, what]
        axes.plot(time, course, LINES[what], color=COLOURS[arm])
        axes.plot([at, at], [0, 0.5], color="#595959", lw=1)
        axes.plot(at, 0.5, "o", color=COLOURS[arm])
        above = what == first and at > 6
        axes.annotate(
            f"{what}\n{when(at)}",
            (at, 0.5),
            xytext=(-7, 4) if above else (7, -4),
            textcoords="offset points",
            ha="right" if above else "left",
            va="bottom" if above else "top",
        )
    axes.set(title=arm, xlabel="weeks", xticks=range(0, 53, 13), ylim=(-0.05, 1.15))
grid[0].set_ylabel("share of its way")
finish(figure, "Which comes first?")

# %%
assert half["semaglutide", "glucose"] < half["semaglutide", "visceral fat"]
assert half["tesamorelin", "visceral fat"] < half["tesamorelin", "M"]
assert half["semaglutide", "glucose"] < half["tesamorelin", "M"]
{f"{arm}: {what}": when(at) for (arm, what), at in half.items()}

# %% [markdown]
# Inside-out: glucose, then the body. Outside-in: the body, then sensitivity.
#
# ## 5. Is it *because* of the belly?
#
# That one thing comes before another does not make it the cause. A model can do what nobody can
# do in a clinic: give the drug and *hold visceral fat where it was*.
#
# > **Predict.** With visceral fat held at its baseline, what is left of each drug's effect on M?

# %%
held = {
    arm: ms.simulate(SUBJECT, [*ARMS[arm], ms.Hold("vat_kg", at="baseline")], duration="52 weeks")
    for arm in ("semaglutide", "tesamorelin")
}
m_held = {arm: m_values(run) for arm, run in held.items()}

figure, grid = plt.subplots(1, 2, figsize=(11, 4.2))
for axes, arm in zip(grid, m_held, strict=True):
    axes.plot(VISITS, m["untreated"], DASHES["untreated"], color=COLOURS["untreated"])
    axes.plot(VISITS, m[arm], color=COLOURS[arm], marker="o", ms=4)
    axes.plot(VISITS, m_held[arm], color=COLOURS[arm], alpha=0.55, ls="--", marker="s", ms=4)
    axes.fill_between(VISITS, m_held[arm], m[arm], color=COLOURS[arm], alpha=0.12)
    ends = [
        (arm, "as it is", m[arm][-1]),
        (arm, "visceral fat held", m_held[arm][-1]),
        ("untreated", "untreated", m["untreated"][0]),
    ]
    label(axes, 53, ends)
    axes.set(title=arm, xlabel="weeks", ylabel="M, mg/kg/min", xticks=range(0, 53, 13))
finish(figure, "What comes through visceral fat (shaded)")

# %%
total = {arm: m[arm][-1] - m["untreated"][-1] for arm in m_held}
direct = {arm: m_held[arm][-1] - m["untreated"][-1] for arm in m_held}
assert direct["tesamorelin"] < 0 < m["tesamorelin"][-1] - m_held["tesamorelin"][-1]
assert 0 < direct["semaglutide"] < total["semaglutide"]
for arm in m_held:
    through = total[arm] - direct[arm]
    print(f"{arm}: {total[arm]:+.2f} = {through:+.2f} through visceral fat, {direct[arm]:+.2f} not")

# %% [markdown]
# Take the belly's part away, and tesamorelin leaves only growth hormone's opposition: the two
# parts pull in opposite directions. Semaglutide keeps much of its gain, since less fat elsewhere,
# lower glucose and lower weight count too.
#
# ## In reality
#
# - Trials of semaglutide saw glucose fall within weeks, weight over more than a year (about 15 %
#   at 68 weeks), with visceral fat falling nearly twice as much in proportion, and lean mass too
#   (Wilding 2021).
# - Trials of tesamorelin saw visceral fat fall by about 15 % in 26 weeks with weight unchanged,
#   mostly in people with HIV-associated lipodystrophy (Falutz 2007). Fasting glucose was *higher*
#   at two weeks and about back at six months; on average it did **not** improve. Those who lost
#   more visceral fat worsened less (Stanley 2012, looked at after the fact).
# - That visceral fat *causes* resistance in people is contested: taking it out by surgery did not
#   change M (Fabbrini 2010). The last picture shows what follows in the model, where it does.
#   `MODEL.md` says how sure one can be of each arrow.
# - Both effects last as long as the drug does.
#
# ## Exercises
#
# 1. Cut an arrow: `ms.simulate(..., levers={"gh_acute_resistance": 0, "gh_acute_lipolysis": 0})`.
#    Is there still a dip?
# 2. Change the person: `"ageing-low-gh"`, `"appetite-driven"`. Who gains more from which drug?
# 3. Give both drugs at once. What happens to lean mass?
#
# The same story, stated as claims that can fail: `metabosim check inside-out-outside-in
# worse-before-better vat-mediates-the-benefit`.
