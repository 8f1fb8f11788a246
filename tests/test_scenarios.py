"""Every bundled claim holds, and falls when its mechanism is taken away."""

import pytest

from metabosim.claims import check
from metabosim.claims.verdict import Verdict
from metabosim.scenario import list_scenarios, load_scenario


@pytest.mark.parametrize("name", list_scenarios())
def test_claim_holds_and_can_fail(name):
    """It holds; no knock-out lets it hold; one at least makes it fail with the positive control standing."""
    result = check(load_scenario(name))
    claim = result.claims[0]
    assert claim.verdict is Verdict.HOLDS, [c.statement_rendered for c in claim.checks]
    assert not result.unbroken, result.unbroken
    verdicts = {k.name: k.verdict for k in claim.knock_outs}
    assert Verdict.HOLDS not in verdicts.values(), verdicts
    assert any(
        k.verdict is Verdict.FAILS and k.positive_control is Verdict.HOLDS for k in claim.knock_outs
    ), verdicts
