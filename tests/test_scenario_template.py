"""The scenario a newcomer starts from does what it promises."""

from metabosim.claims import knock_outs
from metabosim.scenario import parse_scenario, template


def test_template_holds_and_can_fail():
    """It runs as it is, holds, and fails without its mechanism while its control still holds."""
    scenario = parse_scenario(template("my-claim"), "my-claim.yaml")
    assert scenario.run().claims[0].verdict == "holds"
    (result,) = knock_outs(scenario)
    assert (result.verdict, result.positive_control) == ("fails", "holds")
