"""GLP-1 works only where glucose is high: no dose of an agonist brings hypoglycaemia about."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

import metabosim as ms
from laws.pool import with_levers
from metabosim.engine.run import FASTING, simulate_from
from metabosim.protocol.meals import DAY
from strategies import USUAL_DOSE, days, lever_settings, people

GATE = ("glucose_gating", "insulin_secretion")  # the law is about bodies in which these work
HYPOGLYCAEMIA = 3.5  # mmol/L
DINNER = DAY + 1140.0
POTENTIATION = 0.10  # of secretion, at most, at the threshold


@st.composite
def agonists(draw):
    """A GLP-1 receptor agonist at up to ten times its usual dose, or native GLP-1 by vein; on board from the start."""
    name = draw(st.sampled_from(["semaglutide", "tirzepatide", "liraglutide", "infusion"]))
    times = draw(st.floats(0.0, 10.0))
    if name == "infusion":
        return ms.HormoneInfusion("glp1", f"{1.2 * times!r} pmol/kg/min", 0.0)
    return ms.Dose(name, USUAL_DOSE[name] * times, 0.0, "1 d")


def live(body, protocol, duration, meals=True):
    """Glucose and secretion, minute by minute."""
    y = body.rest.states[body.rest.minute[0 if meals else int(FASTING)]]
    clock = 0.0 if meals else FASTING
    return simulate_from(body, y, protocol, clock, duration, meals=meals)


@days
@given(person=people, levers=lever_settings(GATE, 5), agonist=agonists())
def test_no_agonist_takes_a_fasting_person_into_hypoglycaemia(pool, person, levers, agonist):
    """In a 24-h fast no dose takes glucose below 3.5 mmol/L, where fasting glucose without it is 4.2 or more."""
    body = with_levers(pool[person], levers)
    fast = ms.Fast(DINNER + 1.0, DINNER + DAY)
    night = slice(int(DINNER), int(DINNER + DAY) + 1)
    without, treated = (
        live(body, [fast, *steps], DINNER + DAY)["glucose_mmol_l"] for steps in ([], [agonist])
    )
    assume(without[int(2 * DAY + FASTING)] >= 4.2)
    lowest = treated[night].min()
    assert lowest >= HYPOGLYCAEMIA, f"{lowest:.3f}, without {without[night].min():.3f}"


@days
@given(person=people, levers=lever_settings(GATE, 5), agonist=agonists())
def test_potentiation_is_gone_at_the_threshold(pool, person, levers, agonist):
    """Clamped at 3.5 mmol/L, secretion under any dose of an agonist is within 10 % of what it is without."""
    body = with_levers(pool[person], levers)
    clamp = ms.GlucoseClamp(HYPOGLYCAEMIA, 0.0, 600.0)
    without, treated = (
        live(body, [clamp, *steps], 600.0, meals=False)["insulin_secretion_pmol_min"][300:]
        for steps in ([], [agonist])
    )
    gained = float(np.max(treated / without)) - 1.0
    assert gained <= POTENTIATION, f"secretion rises by {gained:.0%}"
