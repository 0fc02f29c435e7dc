"""TRL's PPO, to compare with: `trl.experimental.ppo.PPOTrainer`, halted after each update until the next is asked for.

Its `bf16=True` changes nothing by itself; the environment variable ACCELERATE_MIXED_PRECISION=bf16 does.
"""

from __future__ import annotations

import tempfile
import threading
from typing import Any

from benchmarks.speed.contest import Work
from benchmarks.speed.ours import UPDATES, language_model
from benchmarks.speed.single_file import PAD, classifier
from benchmarks.speed.workload import BETA, END, EPOCHS, LEARNING_RATE, SHAPES, STOP, TEMPERATURE, Shape


def _tokenizer(shape: Shape) -> Any:
    """A tokenizer is asked for, to pad with; no text is ever read or written."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    words = Tokenizer(models.WordLevel({f"t{i}": i for i in range(shape.vocabulary)}, unk_token="t1"))
    return PreTrainedTokenizerFast(tokenizer_object=words, pad_token=f"t{PAD}", eos_token=f"t{STOP}",
                                   unk_token="t1", padding_side="left")


def ppo(name: str) -> Work:
    """One update."""
    from datasets import Dataset
    from transformers import TrainerCallback
    from trl.experimental.ppo import PPOConfig, PPOTrainer

    shape = SHAPES[name]
    go, done = threading.Semaphore(0), threading.Semaphore(0)

    class Stops(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, *args: Any, **kwargs: Any) -> None:
            done.release()
            go.acquire()

    config = PPOConfig(
        output_dir=tempfile.mkdtemp(), per_device_train_batch_size=shape.batch, gradient_accumulation_steps=1,
        num_mini_batches=1, num_ppo_epochs=EPOCHS, total_episodes=UPDATES * shape.batch,
        local_rollout_forward_batch_size=shape.batch, response_length=END.tokens, temperature=TEMPERATURE,
        stop_token_id=STOP, missing_eos_penalty=1.0, kl_coef=BETA, whiten_rewards=True, learning_rate=LEARNING_RATE,
        gradient_checkpointing=False, bf16=False, use_cpu=True, report_to="none", num_sample_generations=0,
        save_strategy="no", eval_strategy="no", disable_tqdm=True)
    rows = Dataset.from_dict({"input_ids": shape.query_rows(rows=16 * shape.batch)})
    policy = language_model(shape)
    trainer = PPOTrainer(
        args=config, processing_class=_tokenizer(shape), model=policy, ref_model=language_model(shape),
        reward_model=classifier(shape), value_model=classifier(shape), train_dataset=rows, callbacks=[Stops()])
    thread = threading.Thread(target=trainer.train, daemon=True)

    def work() -> int:
        if thread.ident is None:
            thread.start()
        else:
            go.release()
        while not done.acquire(timeout=5):
            if not thread.is_alive():
                raise RuntimeError("TRL's training ended")
        return shape.batch

    return work
