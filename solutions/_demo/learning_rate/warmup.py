"""Linear warmup. My answer."""


def linear_warmup(step: int, base_lr: float, warmup_steps: int) -> float:
    # step 0 is already the first update, so count from 1
    done = step + 1
    if done >= warmup_steps:
        return base_lr
    return base_lr * done / warmup_steps
