"""Tables for the terminal.

Promises: rates as figures in [0,1] with three decimals, families in order, the
overall row last.

Does not cover: progress while a run goes on (`progress.py`).
"""

from rich.table import Table

from trainer_client.evaluate import PASS_K, Evaluation


def before_after_table(before: Evaluation, after: Evaluation) -> Table:
    """Held-out figures before and after GRPO, by task."""
    table = Table(title="held-out, judged by the live verifier server")
    table.add_column("task")
    for name in ("pass@1", f"pass@{PASS_K}", "greedy"):
        table.add_column(f"{name} before", justify="right")
        table.add_column(f"{name} after", justify="right")
    table.add_column("not judged", justify="right")
    for family, old in before.figures.items():
        new = after.figures[family]
        rates = ((old.pass_1, new.pass_1), (old.pass_k, new.pass_k), (old.greedy, new.greedy))
        cells = [f"{rate:.3f}" for pair in rates for rate in pair]
        table.add_row(family, *cells, str(old.missing + new.missing))
    return table


def figures_table(evaluation: Evaluation) -> Table:
    """Held-out figures of one policy, by task."""
    table = Table(title="held-out, judged by the live verifier server")
    for name in ("task", "prompts", "pass@1", f"pass@{PASS_K}", "greedy", "not judged"):
        table.add_column(name, justify="left" if name == "task" else "right")
    for family, figures in evaluation.figures.items():
        rates = (figures.pass_1, figures.pass_k, figures.greedy)
        cells = [f"{rate:.3f}" for rate in rates]
        table.add_row(family, str(figures.prompts), *cells, str(figures.missing))
    return table
