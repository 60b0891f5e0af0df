"""What crosses between the judge and a worker: plain values and tensors, never code.

`frames` holds the messages and their bounds, `control` what the pool and its processes say to each
other, `values` turns live values into nodes and back. Only `values` imports torch.
"""
