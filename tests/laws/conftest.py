"""The pool of random people that every law is tried on."""

import os

import pytest

from laws.pool import Pool
from strategies import PEOPLE

# Another seed gives other people; a failing example is repeated under the same one.
SEED = int(os.environ.get("METABOSIM_POOL", "0"))


@pytest.fixture(scope="session")
def pool(request):
    """Random people at rest, found once for all workers: each begins at its own end."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    made = Pool(request.config.cache.mkdir("people"), PEOPLE, SEED)
    made.fill(backwards=int(worker.removeprefix("gw")) % 2 == 1)
    return made
