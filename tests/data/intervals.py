#!/usr/bin/env python3
"""Reference vectors for src/analyze/interval.rs: python3 tests/data/intervals.py > tests/data/intervals.tsv

scipy's betaincinv gives the start; it is off by up to 2e-10 for a large b, so 30-digit Newton steps polish it.
"""
import mpmath
from mpmath import exp, log, log1p, loggamma, mp, mpf, sqrt
import scipy
from scipy.special import betaincinv, ndtri

mp.dps = 30
SIZES = [1, 2, 3, 8, 12, 24, 31, 76, 149, 598, 1000, 2100, 10_000, 123_457, 10_000_000, 17.3, 54.75]
LEVELS = [0.8, 0.95, 0.99, 0.999]


def counts(n):
    some = [0, 0.25, 1, 2, 3, n / 10, n / 3, n / 2, n * 0.95, n - 2, n - 1, n]
    return sorted({float(k) if n % 1 or k == 0.25 else float(int(k)) for k in some if 0 <= k <= n})


def lower_tail(a, b, x):
    """The power series DLMF 8.17.8, all terms positive."""
    if 2 * x > 1:
        return 1 - lower_tail(b, a, 1 - x)
    term, total, j = mpf(1), mpf(1), 0
    while term > total * mpf(10) ** -25:
        term *= (a + b + j) / (a + 1 + j) * x
        total += term
        j += 1
    return density(a, b, x) * x * (1 - x) / a * total


def density(a, b, x):
    return exp((a - 1) * log(x) + (b - 1) * log1p(-x) + loggamma(a + b) - loggamma(a) - loggamma(b))


def quantile(a, b, p):
    a, b, p, x = mpf(a), mpf(b), mpf(p), mpf(betaincinv(a, b, p))
    for _ in range(2):
        x -= (lower_tail(a, b, x) - p) / density(a, b, x)
    return x


def wilson(k, n, z):
    k, n, z = mpf(k), mpf(n), mpf(z)
    p, zz = k / n, z * z
    middle, half = (p + zz / (2 * n)) / (1 + zz / n), z / (1 + zz / n) * sqrt(p * (1 - p) / n + zz / (4 * n * n))
    return (0 if k == 0 else middle - half), (1 if k == n else middle + half)


print(f"# k n confidence lower upper wilson_low wilson_high; tests/data/intervals.py, scipy {scipy.__version__}, mpmath {mpmath.__version__}")
for n in SIZES:
    for k in counts(n):
        for level in LEVELS:
            lower = 0 if k == 0 else quantile(k, n - k + 1, 1 - level)
            upper = 1 if k == n else quantile(k + 1, n - k, level)
            low, high = wilson(k, n, ndtri((1 + level) / 2))
            print(*(repr(float(v)) for v in (k, n, level, lower, upper, low, high)), sep="\t")
