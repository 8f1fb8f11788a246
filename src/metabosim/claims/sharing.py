"""Who does how much: Shapley values of mechanisms over the levers that carry them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import factorial

from metabosim.claims.bench import Bench
from metabosim.claims.judging import judges, seen
from metabosim.claims.verdict import Judgement, number, quantity, weakest
from metabosim.scenario.vocabulary import checks_cause as words


def shapley(
    players: tuple[str, ...], worth: Callable[[frozenset[str]], float]
) -> tuple[dict[str, float], dict[frozenset[str], float]]:
    """(value of each player, worth of each set); the values add up to worth(all) - worth(none).

    phi_i = sum over sets S without i of |S|! (n - |S| - 1)! / n! x (worth(S + i) - worth(S)).
    """
    n = len(players)
    sets = [frozenset(c) for size in range(n + 1) for c in combinations(players, size)]
    worths = {s: worth(s) for s in sets}
    values = {
        player: sum(
            factorial(len(s)) * factorial(n - len(s) - 1) / factorial(n)
            * (worths[s | {player}] - worths[s])
            for s in sets
            if player not in s
        )
        for player in players
    }  # fmt: skip
    full, empty = worths[sets[-1]], worths[sets[0]]
    assert abs(sum(values.values()) - (full - empty)) <= 1e-9 * max(
        1.0, *(abs(w) for w in worths.values())
    ), "Shapley values do not add up"
    return values, worths


@judges(words.ShareOf)
def share_of(check: words.ShareOf, bench: Bench) -> Judgement:
    """min over levers of phi_i / effect(all) - at_least_i; all together beat any less one.

    effect(S) = f(treated) - f(control) with the levers outside S at 0 in both arms, so that what
    the body does with them by itself does not count. Void if |effect(all)| < minimum_effect.
    """
    treated, control = bench.treated(check.treated), check.control or bench.control
    base = seen(check.feature, bench, control).value

    def effect(acting: frozenset[str]) -> float:
        off = {lever: 0.0 for lever in check.levers if lever not in acting}
        world = bench.with_levers(off)
        return seen(check.feature, world, treated).value - seen(check.feature, world, control).value

    values, worths = shapley(check.levers, effect)
    everything = frozenset(check.levers)
    whole = worths[everything]
    measure = check.feature.measure
    least = measure.effect(check.minimum_effect).of(base)
    shares = {lever: value / whole if whole else 0.0 for lever, value in values.items()}
    evidence = {
        "effect": whole,
        "shares": shares,
        "less_one": {lever: worths[everything - {lever}] for lever in check.levers},
        "none": worths[frozenset()],
    }
    said = ", ".join(f"{lever} {100 * share:.0f} %" for lever, share in shares.items())
    void = None
    if abs(whole) < least:
        void = f"the whole effect {quantity(abs(whole), measure.unit)} is below the minimum"
    found = [
        Judgement(shares[lever] - wanted, "1", wanted, said, evidence, void)
        for lever, wanted in check.shares.items()
    ]
    if check.all_beat_any_less_one_by is not None:
        more = measure.effect(check.all_beat_any_less_one_by).of(base)
        sign = 1.0 if whole >= 0 else -1.0
        lever, gap = min(
            ((lv, sign * (whole - worths[everything - {lv}])) for lv in check.levers),
            key=lambda one: one[1],
        )
        found.append(
            Judgement(
                gap - more, measure.unit, more,
                f"{said}; without {lever} it is {number(gap)} less", evidence, void,
            )
        )  # fmt: skip
    return weakest(found)
