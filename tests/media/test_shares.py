"""Every media worker has ports of its own."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from yuelai.media import shares
from yuelai.platform.config import Settings
from yuelai.platform.supervisor import StartFailed


def settings(ports: str, workers: int) -> Settings:
    return Settings(home=Path("/nowhere"), rtp_ports=ports, media_workers=workers)


@pytest.mark.parametrize("ports", ["20000-29999", "20001-20100", "20000-20064"])
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_shares_begin_even_end_odd_and_do_not_meet(ports: str, workers: int) -> None:
    where = settings(ports, workers)
    found = [shares.ports(where, worker) for worker in range(1, workers + 1)]
    assert all(low % 2 == 0 and high % 2 == 1 and high > low for low, high in found)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(found))
    low, high = where.rtp_range
    assert low <= found[0][0]
    assert found[-1][1] <= high


def test_a_range_that_is_too_small_and_a_worker_there_is_not_are_said_plainly() -> None:
    with pytest.raises(StartFailed, match="YUELAI_RTP_PORTS 20000-20040 is too small for 4 media workers"):
        shares.ports(settings("20000-20040", 4), 1)
    with pytest.raises(StartFailed, match="no media worker 3: YUELAI_MEDIA_WORKERS makes 2"):
        shares.ports(settings("20000-29999", 2), 3)
