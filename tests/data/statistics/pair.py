#!/usr/bin/env python3
"""Reference vectors for src/analyze/signed_rank.rs and mann_whitney.rs.

    pip install numpy==2.4.6 scipy==1.17.1      (and R 4.2.2, for the interval, which scipy does not have)
    python3 tests/data/statistics/pair.py

Walsh averages, their median and the exact bounds are those of R's wilcox.test(conf.int = TRUE, exact = TRUE); a one-sided
bound of 95 % is an end of its interval of 90 %. Equal differences, of which R has no exact
interval, are left out.
"""
import pathlib
import random
import subprocess

import scipy
from scipy import stats

HERE = pathlib.Path(__file__).parent
R = subprocess.run(["Rscript", "-e", "cat(as.character(getRversion()))"], capture_output=True, text=True, check=True).stdout
TOOLS = f"pair.py, scipy {scipy.__version__}, R {R}"


def table(name, columns, rows):
    lines = [f"# {columns}; {TOOLS}"]
    lines += ["\t".join(repr(float(cell)) for cell in row) for row in rows]
    (HERE / f"{name}.tsv").write_text("\n".join(lines) + "\n")


def wilcox(sample):
    numbers = ", ".join(repr(x) for x in sample)
    code = f"t <- wilcox.test(c({numbers}), conf.int = TRUE, exact = TRUE, conf.level = 0.9); cat(sprintf('%.17g', c(t$estimate, t$conf.int)))"
    out = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=True)
    return [float(x) for x in out.stdout.split()]


def signed_ranks():
    draw = random.Random(6)
    number = 0
    for n in [2, 4, 5, 6, 7, 8, 10, 12, 15, 20, 30, 49]:
        for shift in [0.0, 0.7, -2.0]:
            sample = [round(draw.gauss(shift, 1) * (5 if draw.random() < 0.1 else 1), 6) for _ in range(n)]
            above = stats.wilcoxon(sample, alternative="greater", method="exact").pvalue
            below = stats.wilcoxon(sample, alternative="less", method="exact").pvalue
            value, low, high = wilcox(sample)
            if n < 5:
                # R gives the widest interval there is and warns that it is not of 90 %
                value = low = high = float("nan")
            for difference in sample:
                yield number, difference, above, below, value, low, high
            number += 1


def mann_whitneys():
    draw = random.Random(7)
    number = 0
    for m, n in [(1, 1), (2, 3), (5, 5), (4, 9), (10, 10), (12, 7), (20, 20), (30, 30), (30, 5), (31, 31), (60, 40)]:
        for shift in [0.0, 0.8, -1.5]:
            for digits in [9, 0]:
                first = [round(draw.gauss(0, 1), digits) + 0.0 for _ in range(m)]
                second = [round(draw.gauss(shift, 1), digits) + 0.0 for _ in range(n)]
                ties = len(set(first + second)) < m + n
                if len(set(first + second)) < 2:
                    continue
                method = "asymptotic" if ties or max(m, n) > 30 else "exact"
                p = stats.mannwhitneyu(second, first, alternative="greater", method=method).pvalue
                yield from ((number, 1, x, p) for x in first)
                yield from ((number, 2, x, p) for x in second)
                number += 1


table("signed_rank", "sample, difference, p above 0, p below 0, estimate, low, high of 95 % on each side", signed_ranks())
table("mann_whitney", "case, first or second, value, p that the second is higher", mann_whitneys())
