"""A law of every product here: neither the rows beside a row nor the threads change a bit of it."""

import torch


def assert_same_bits(product, x, matrix, bias, *, rows):
    """product(x, matrix, bias) has the same bits with each of these numbers of rows, and on three threads."""
    whole = product(x, matrix, bias)
    for count in rows:
        assert torch.equal(product(x[:count], matrix, bias), whole[:count])
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        assert torch.equal(product(x, matrix, bias), whole)
    finally:
        torch.set_num_threads(threads)
