import pytest

from tests.unit.stages.stage_calls import finished_stages


@pytest.fixture(scope="session")
def inputs(tmp_path_factory):
    """Folders of a start policy, queries and a reward model, as finished stages leave them."""
    return finished_stages(tmp_path_factory.mktemp("stages"))
