"""Does the card stay, and does it say what the person chose and what runs inside the cell logged?"""

from __future__ import annotations

from IPython.utils.capture import capture_output

from tests.magics.conftest import Notebook


def card(nb: Notebook, cell: str) -> str:
    with capture_output() as shown:
        nb.cell(cell).raise_error()
    return "\n".join(str(each.data.get("text/plain", "")) for each in shown.outputs)


def test_what_named_runs_inside_the_cell_logged_stands_on_its_card(nb: Notebook) -> None:
    said = card(
        nb,
        "%%track outer\nimport nbtrack\n"
        "with nbtrack.start_run(run_name='Ridge Regression', nested=True):\n"
        "    nbtrack.log_params({'alpha': 0.6, 'tol': 1})\n    nbtrack.log_metric('mse', 0.9)\n",
    )
    assert "run inside: Ridge Regression: 2 params, mse=0.9" in said
    assert "nothing logged" not in said


def test_of_many_runs_inside_the_first_ones_are_told_and_the_rest_counted(nb: Notebook) -> None:
    said = card(
        nb,
        "%%track outer\nimport nbtrack\nfor i in range(11):\n"
        "    with nbtrack.start_run(run_name=f'fold {i}', nested=True): nbtrack.log_metric('acc', i)\n",
    )
    assert "run inside: fold 7: acc=7" in said
    assert "fold 8" not in said
    assert "and 3 more runs" in said


def test_a_cell_with_nothing_in_it_still_says_so(nb: Notebook) -> None:
    assert "nothing logged" in card(nb, "%%track --no-capture\npass")


def test_the_card_lists_what_somebody_chose_under_the_name_that_they_wrote_and_counts_defaults(nb: Notebook) -> None:
    nb.cell("import numpy as np, xgboost as xgb, lightgbm as lgb\nX = np.random.rand(40, 3); y = X.sum(1)")
    said = card(nb, "%%track\nxgb.XGBRegressor(n_estimators=10, max_depth=3, n_jobs=1).fit(X, y)")
    assert "n_estimators=10" in said
    assert "max_depth=3" in said
    assert "booster=" not in said
    assert "objective=" not in said
    said = card(nb, "%%track\nlgb.LGBMRegressor(n_estimators=7, n_jobs=1, verbose=-1).fit(X, y)")
    assert "n_estimators=7" in said
    assert "subsample=" not in said
    said = card(nb, "%%track\nxgb.train({'max_depth': 2, 'nthread': 1}, xgb.DMatrix(X, y), 4)")
    assert "num_boost_round=4" in said
    assert "maximize" not in said


def test_a_card_that_the_cell_has_cleared_is_shown_again(nb: Notebook) -> None:
    with capture_output() as shown:
        nb.cell("%%track\nfrom IPython.display import clear_output\nclear_output(wait=True)\nprint('x')").raise_error()
    assert "nbtrack-card" in str(shown.outputs[-1].data)
    assert "clear_output" not in vars(nb.ip.display_pub)
