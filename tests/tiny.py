"""Small random models that the tests share: large enough weights that a wrong mask or position shows."""

from functools import partial

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from harness.models.loading import ModelShape, build_language_model
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch

VOCABULARY = 31


def gpt2(*, seed=0, dtype=torch.float32, layers=2, width=32):
    shape = ModelShape(layers=layers, width=width, heads=4, context=48, vocab_size=VOCABULARY)
    return roughened(build_language_model(shape, seed=seed), seed=seed).to(dtype)


def llama(*, seed=0, dtype=torch.float32):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        config = LlamaConfig(vocab_size=VOCABULARY, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
                             num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=48,
                             bos_token_id=0, eos_token_id=0, pad_token_id=None)
        return roughened(LlamaForCausalLM(config).eval(), seed=seed).to(dtype)


BUILDERS = {"gpt2": gpt2, "gpt2-without-kernels": partial(gpt2, width=40), "llama": llama}


def roughened(model, *, seed):
    generator = torch.Generator().manual_seed(seed + 1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.2 * torch.randn(parameter.shape, generator=generator)
    return model


def policy(*, builder=gpt2, seed=0, temperature=0.7, dtype=torch.float32):
    made = Policy(builder(seed=seed, dtype=dtype), temperature=temperature)
    generator = torch.Generator().manual_seed(seed + 2)
    with torch.no_grad():
        made.value_head.weight += torch.randn(made.value_head.weight.shape, generator=generator)
    return made


def random_queries(lengths, *, seed=0, side="left"):
    generator = torch.Generator().manual_seed(seed)
    return TokenBatch.from_sequences(
        [torch.randint(0, VOCABULARY, (length,), generator=generator).tolist() for length in lengths], side=side)
