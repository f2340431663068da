"""Every Python block of docs/client.md runs, in order, against a server."""

import re
from pathlib import Path

import pytest

from tests.trainer_client.fake import FakeServer

PAGE = Path(__file__).parents[2] / "docs" / "client.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
ADDRESS = "127.0.0.1:50051"


def _run(blocks: list[str], server: FakeServer, names: dict[str, object]) -> dict[str, object]:
    server.verifiers = ("math",)
    for block in blocks:
        code = compile(block.replace(ADDRESS, server.target), str(PAGE), "exec")
        exec(code, names)
    return names


def test_every_block_but_the_trainers(
    server: FakeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("datasets")
    blocks = [block for block in BLOCKS if "from trl" not in block]
    assert len(blocks) == len(BLOCKS) - 1
    _run(blocks, server, {})
    assert "NO_ANSWER" in capsys.readouterr().out


@pytest.mark.slow
def test_the_trainers_block(server: FakeServer, tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    tokenizers = pytest.importorskip("tokenizers")
    pytest.importorskip("trl")
    symbols = {chr(code): code for code in range(32, 127)}
    letters = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=symbols, merges=[]))
    config = transformers.LlamaConfig(
        vocab_size=127,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=64,
        bos_token_id=None,
        eos_token_id=126,
        pad_token_id=125,
    )
    names = _run(
        [block for block in BLOCKS if "Dataset" in block or "from trl" in block],
        server,
        {
            "model": transformers.LlamaForCausalLM(config),
            "tokenizer": transformers.PreTrainedTokenizerFast(
                tokenizer_object=letters, pad_token="}", eos_token="~", padding_side="left"
            ),
            "output_dir": str(tmp_path),
        },
    )
    log = names["trainer"].state.log_history  # type: ignore[attr-defined]  # a GRPOTrainer
    assert {"verifier/latency_s", "verifier/verdict/correct", "math/mean"} <= log[0].keys()
    assert log[0]["verifier/missing_frac"] == 0.0
    table = next((tmp_path / "completions").glob("*.parquet"))
    columns = pytest.importorskip("pyarrow.parquet").read_table(table).column_names
    assert {"verifier/verdict", "verifier/reason"} <= set(columns)
