import gc

from tagwarden.providers.catalogue.garbage import OBJECTS, rarely_collected


def test_thresholds_come_back_after_the_last_pass() -> None:
    """Passes may overlap; what was set before is set again."""
    before = gc.get_threshold()

    with rarely_collected():
        with rarely_collected():
            assert OBJECTS == gc.get_threshold()[0]

        assert OBJECTS == gc.get_threshold()[0]

    assert before == gc.get_threshold()
