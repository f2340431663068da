import os

import pytest

from trainer_client.runtime import prepare

NAMES = ("CUDA_VISIBLE_DEVICES", "WORLD_SIZE", "OMP_NUM_THREADS")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that `prepare` may write to."""
    kept = {name: value for name, value in os.environ.items() if name not in NAMES}
    monkeypatch.setattr(os, "environ", kept)


@pytest.mark.parametrize(
    ("visible", "left"),
    [(None, "0"), ("2,3", "2"), ("GPU-8932f937, GPU-1", "GPU-8932f937"), ("", ""), ("-1", "-1")],
)
def test_one_gpu_is_left_visible(visible: str | None, left: str) -> None:
    if visible is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = visible
    prepare(threads=1)
    assert os.environ["CUDA_VISIBLE_DEVICES"] == left


def test_a_distributed_launch_keeps_its_gpus() -> None:
    os.environ.update(WORLD_SIZE="2", CUDA_VISIBLE_DEVICES="2,3")
    prepare(threads=1)
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "2,3"


def test_what_the_user_set_stays() -> None:
    os.environ["OMP_NUM_THREADS"] = "7"
    prepare(threads=1)
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert os.environ["HF_HUB_OFFLINE"] == "1"
