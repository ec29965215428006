#!/usr/bin/env python3
"""Reference vectors for src/analyze: student, paired, fisher, newcombe, holm, calibration.

    pip install mpmath==1.4.1 scipy==1.17.1 statsmodels==0.15.0
    python3 tests/data/statistics/make.py

Where scipy is not exact to twelve digits, mpmath is used from the definition and scipy only confirms the first digits.
"""
import pathlib
from fractions import Fraction
from math import comb

import mpmath
import scipy
import statsmodels
from mpmath import mp, mpf
from scipy import special, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

mp.dps = 40
HERE = pathlib.Path(__file__).parent
TOOLS = f"make.py, mpmath {mpmath.__version__}, scipy {scipy.__version__}, statsmodels {statsmodels.__version__}"


def table(name, columns, rows):
    lines = [f"# {columns}; {TOOLS}"]
    lines += ["\t".join(repr(float(cell)) for cell in row) for row in rows]
    (HERE / f"{name}.tsv").write_text("\n".join(lines) + "\n")


def near(got, want, digits=1e-6):
    assert abs(got - want) <= digits * abs(want), (got, want)


def series(a, b, x):
    """I_x(a, b) by the power series DLMF 8.17.8, all terms positive; x well below 1."""
    term, total, j = mpf(1), mpf(1), 0
    while term > total * mpf(10) ** (8 - mp.dps):
        term *= (a + b + j) / (a + 1 + j) * x
        total += term
        j += 1
    log = a * mp.log(x) + b * mp.log1p(-x) - mp.log(a) + mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b)
    return mp.exp(log) * total


def student(t, df):
    with mp.workdps(360):
        t, df = mpf(t), mpf(df)
        x = df / (df + t * t)
        two = series(df / 2, mpf(1) / 2, x) if x < 0.5 else 1 - series(mpf(1) / 2, df / 2, 1 - x)
        return two / 2 if t < 0 else 1 - two / 2


def students():
    for df in [1, 2, 3, 4, 5, 10, 30, 75, 1000, 100_000, 10_000_000, 999_999_999]:
        for t in [1e-9, 1e-3, 0.1, 0.5, 0.7, 1, 1.645, 2, 3, 5, 8, 20, 35, 1e3, 1e10, 1e50, 1e100]:
            for t in [t, -t]:
                below = student(t, df)
                if below > mpf(10) ** -300:
                    if below > 1e-280 and abs(t) < 40:
                        near(float(stats.t.cdf(t, df)), float(below))
                    yield df, t, below


def mcnemar(worse, better):
    n = worse + better
    return Fraction(sum(comb(n, i) for i in range(worse, n + 1)), 2**n)


def bisect(f, low, high):
    """f(low) >= 0 > f(high)."""
    for _ in range(130):
        middle = (low + high) / 2
        if f(middle) >= 0:
            low = middle
        else:
            high = middle
    return low


def tango_variance(n, b, c, delta):
    """n (2 q + delta - delta²), q maximising the multinomial likelihood with worse = q + delta, better = q."""
    low, high = max(mpf(0), -delta), (1 - delta) / 2

    def slope(q):
        return (b / (q + delta) if b else 0) + (c / q if c else 0) - (2 * (n - b - c) / (1 - 2 * q - delta) if n > b + c else 0)

    if n == b + c:
        q = high
    elif slope(low + mpf(10) ** -38) < 0:
        q = low
    else:
        q = bisect(slope, low + mpf(10) ** -38, high - mpf(10) ** -38)
    return n * (2 * q + delta - delta * delta)


def tango_upper(n, b, c, z):
    if b == n:
        return mpf(1)
    n, b, c = mpf(n), mpf(b), mpf(c)
    return bisect(lambda d: z * mp.sqrt(tango_variance(n, b, c, d)) - (n * d - b + c), (b - c) / n, mpf(1) - mpf(10) ** -38)


def paireds():
    patterns = [(1, 0, 0), (1, 1, 0), (2, 1, 1), (5, 5, 0), (30, 5, 0), (44, 0, 1), (100, 7, 1), (100, 9, 2), (100, 10, 3), (100, 12, 4), (100, 4, 0)]
    patterns += [(100, 0, 0), (100, 100, 0), (100, 60, 40), (76, 1, 0), (76, 3, 3), (1000, 12, 30), (5000, 1, 2)]
    patterns += [(1_000_000, 900, 1100), (1_000_000_000, 3, 0), (1_000_000_000, 0, 0), (1_000_000_000, 20, 35)]
    for n, b, c in patterns:
        for level in [0.8, 0.9, 0.95, 0.999]:
            z = mp.sqrt(2) * mp.erfinv(mpf(level))
            one, two = mcnemar(b, c), min(Fraction(1), 2 * min(mcnemar(b, c), mcnemar(c, b)))
            if b + c:
                near(stats.binomtest(b, b + c, alternative="greater").pvalue, float(one))
                near(stats.binomtest(b, b + c).pvalue, float(two))
            yield n, b, c, level, mpf(one.numerator) / one.denominator, mpf(two.numerator) / two.denominator, -tango_upper(n, c, b, z), tango_upper(n, b, c, z)


def fishers():
    """One-sided (first share higher) and two-sided, from whole numbers."""
    tables = [(0, 1, 0, 1), (1, 1, 0, 1), (3, 4, 1, 4), (10, 76, 0, 76), (0, 76, 10, 76), (12, 1000, 4, 1000), (30, 300, 12, 280)]
    tables += [(500, 1000, 450, 1000), (76, 76, 76, 76), (0, 76, 0, 50), (1, 5, 40, 41), (40, 41, 1, 5), (7, 9, 3, 2000), (600, 900, 20, 900)]
    for k, n, l, m in tables:
        weights = {x: comb(n, x) * comb(m, k + l - x) for x in range(max(0, k + l - m), min(n, k + l) + 1)}
        whole, here = sum(weights.values()), weights[k]
        one = Fraction(sum(w for x, w in weights.items() if x >= k), whole)
        two = Fraction(sum(w for w in weights.values() if w * 10**7 <= here * (10**7 + 1)), whole)
        near(stats.fisher_exact([[k, n - k], [l, m - l]], alternative="greater").pvalue, float(one))
        near(stats.fisher_exact([[k, n - k], [l, m - l]]).pvalue, float(two))
        yield k, n, l, m, mpf(one.numerator) / one.denominator, mpf(two.numerator) / two.denominator
    for k, n, l, m in [(40, 10**9, 20, 10**9), (3, 10**9, 9, 10**6), (50_000, 10**6, 49_000, 10**6)]:
        tail, both = hypergeometric(k, n, l, m)
        yield k, n, l, m, tail, both


def hypergeometric(k, n, l, m):
    def weight(x):
        choose = lambda a, b: mp.loggamma(a + 1) - mp.loggamma(b + 1) - mp.loggamma(a - b + 1)
        return mp.exp(choose(mpf(n), mpf(x)) + choose(mpf(m), mpf(k + l - x)) - choose(mpf(n + m), mpf(k + l)))

    width = 12 * int((k + l) ** 0.5) + 60
    middle = (k + l) * n // (n + m)
    mp.dps = 60
    weights = {x: weight(x) for x in range(max(0, k + l - m, middle - width), min(n, k + l, middle + width) + 1)}
    mp.dps = 40
    here = weights[k]
    return sum(w for x, w in weights.items() if x >= k), sum(w for w in weights.values() if w <= here * (1 + mpf(10) ** -7))


def newcombes():
    for k, n, l, m in [(56, 70, 48, 80), (9, 10, 3, 10), (0, 10, 0, 20), (10, 10, 0, 10), (1, 76, 0, 76), (30, 1000, 10, 1200), (5, 10**6, 9, 10**6)]:
        for level in [0.8, 0.95, 0.999]:
            low, high = confint_proportions_2indep(k, n, l, m, method="newcomb", alpha=1 - level)
            z = mp.sqrt(2) * mp.erfinv(mpf(level))
            (p, a, b), (q, c, d) = wilson(k, n, z), wilson(l, m, z)
            ours = p - q - mp.sqrt((p - a) ** 2 + (d - q) ** 2), p - q + mp.sqrt((b - p) ** 2 + (q - c) ** 2)
            near(low, float(ours[0])), near(high, float(ours[1]))
            yield k, n, l, m, level, *ours


def wilson(k, n, z):
    k, n = mpf(k), mpf(n)
    p, zz = k / n, z * z
    middle, half = (p + zz / (2 * n)) / (1 + zz / n), z / (1 + zz / n) * mp.sqrt(p * (1 - p) / n + zz / (4 * n * n))
    return p, (mpf(0) if k == 0 else middle - half), (mpf(1) if k == n else middle + half)


def holms():
    families = [[0.01], [0.01, 0.02, 0.03, 0.04, 0.05], [0.05, 0.04, 0.03, 0.02, 0.01], [0.02] * 5, [1, 0, 0.5, 1e-9, 1e-300], [0.2, 0.013, 0.013, 0.9, 0.04]]
    families.append([((7919 * i) % 1009) / 1009 ** (1 + i % 3) for i in range(40)])
    for number, family in enumerate(families):
        for p, adjusted in zip(family, multipletests(family, method="holm")[1]):
            yield number, p, adjusted


def calibrations():
    """Rogan and Gladen's rate, and the limits of Lang and Reiczigel (2014), which never leave the rate out."""
    judges = [(46, 50, 197, 200), (40, 50, 200, 200), (50, 50, 200, 200), (9, 10, 9, 10), (6, 10, 6, 10), (1, 1, 1, 1), (499, 1000, 995, 1000)]
    for k, n in [(0, 76), (1, 76), (5, 76), (38, 76), (76, 76), (30, 10_000), (0, 1), (1, 1), (10**6, 10**9)]:
        for caught, bad, passed, good in judges:
            for level in [0.9, 0.95, 0.999]:
                p, se, sp = mpf(k) / n, mpf(caught) / bad, mpf(passed) / good
                rate = min(mpf(1), max(mpf(0), (p + sp - 1) / (se + sp - 1)))
                z = mp.sqrt(2) * mp.erfinv(2 * mpf(level) - 1)
                n1, n2, n3 = n + z**2, mpf(bad + 2), mpf(good + 2)
                p1, se1, sp1 = (k + z**2 / 2) / n1, mpf(caught + 1) / n2, mpf(passed + 1) / n3
                pi = (p1 + sp1 - 1) / (se1 + sp1 - 1)
                a, b = se1 * (1 - se1) / n2, sp1 * (1 - sp1) / n3
                shift = 2 * z**2 * (pi * a - (1 - pi) * b)
                half = z * mp.sqrt(p1 * (1 - p1) / n1 + pi**2 * a + (1 - pi) ** 2 * b) / (se1 + sp1 - 1)
                low, high = min(rate, max(0, pi + shift - half)), max(rate, min(1, pi + shift + half))
                yield k, n, caught, bad, passed, good, level, rate, low, high


table("student", "degrees of freedom, t, P(T <= t)", students())
table("paired", "cases, worse, better, confidence, McNemar one-sided, two-sided, Tango low, high", paireds())
table("fisher", "k, n, l, m, P(k/n so high), two-sided", fishers())
table("newcombe", "k, n, l, m, confidence, low, high of k/n - l/m", newcombes())
table("holm", "family, p, adjusted p", holms())
table("calibration", "bad, n, caught, true bad, passed, true good, one-sided confidence, rate, lower, upper", calibrations())
