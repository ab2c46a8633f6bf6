"""How the benchmarks take times; Python finds it beside them."""

import time
from collections.abc import Callable
from statistics import median


def measure_ms(function: Callable[[], object], repeats: int = 15) -> float:
    """Median time of a call, after two that do not count."""
    times = []
    for _ in range(repeats + 2):
        start = time.perf_counter()
        function()
        times.append(1000 * (time.perf_counter() - start))
    return median(times[2:])
