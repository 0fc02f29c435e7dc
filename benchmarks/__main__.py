"""Measures the figures of docs/performance.md: `make bench`, or `python -m benchmarks [PART ...] [--shapes a b c]`.

Parts: floor ppo sampling reward jobs memory commands studies; all by default. A part that is run replaces its own
figures in docs/performance.json; docs/performance.md is written from that file.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.speed import comparisons, page, studies
from benchmarks.speed.workload import SHAPES

PARTS = {
    "floor": comparisons.floor, "ppo": comparisons.ppo, "sampling": comparisons.sampling,
    "reward": comparisons.reward, "jobs": comparisons.jobs, "memory": comparisons.memory, "commands": studies.commands,
    "studies": studies.studies,
}

BY_SHAPE = ("ppo", "sampling", "reward", "jobs")
"""What a shape has cost minutes to measure is kept before the next one begins."""


def main() -> None:
    """Run the parts in order, each writing its figures as soon as it has them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", default=[], help=f"of {', '.join(PARTS)}")
    parser.add_argument("--shapes", nargs="+", choices=SHAPES, default=list(SHAPES))
    parser.add_argument("--rounds", type=int, default=5,
                        help="rounds, in each of which every program runs once; five or more for a final table")
    parser.add_argument("--studies", nargs="+", default=["quick", "label_budget"], metavar="NAME")
    parser.add_argument("--mlruns", type=Path, metavar="DIR", help="read the studies from a finished run instead")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"no part is called {', '.join(sorted(unknown))}")
    for part in options.parts or PARTS:
        print(f"== {part}", flush=True)
        for shapes in [[name] for name in options.shapes] if part in BY_SHAPE else [options.shapes]:
            page.keep(part, PARTS[part](argparse.Namespace(**{**vars(options), "shapes": shapes})))
            page.write()


if __name__ == "__main__":
    main()
