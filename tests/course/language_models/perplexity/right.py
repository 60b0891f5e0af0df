"""Right answers to perplexity and corpus_perplexity."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

# %% cross_entropy: flattens, sums and counts


def perplexity(logits, targets, ignore_index=-100):
    logits = logits.reshape(-1, logits.shape[-1])
    loss = F.cross_entropy(logits, targets.reshape(-1), ignore_index=ignore_index)
    return torch.exp(loss)


def corpus_perplexity(batches, ignore_index=-100):
    total, count = 0, 0
    for logits, targets in batches:
        total = total + F.cross_entropy(
            logits.reshape(-1, logits.shape[-1]),
            targets.reshape(-1),
            ignore_index=ignore_index,
            reduction="sum",
        )
        count = count + (targets != ignore_index).sum()
    return torch.exp(total / count)


# %% boolean_mask: selects the counted places first


def perplexity(logits, targets, ignore_index=-100):
    mask = targets != ignore_index
    log_probs = F.log_softmax(logits[mask], dim=-1)
    return (-log_probs[torch.arange(len(log_probs)), targets[mask]]).mean().exp()


def corpus_perplexity(batches, ignore_index=-100):
    nlls = []
    for logits, targets in batches:
        mask = targets != ignore_index
        log_probs = F.log_softmax(logits[mask], dim=-1)
        nlls.append(-log_probs[torch.arange(len(log_probs)), targets[mask]])
    return torch.cat(nlls).mean().exp()


# %% masked_sum: a float mask and two sums


def perplexity(logits, targets, ignore_index=-100):
    mask = (targets != ignore_index).to(logits.dtype)
    safe = torch.where(targets == ignore_index, torch.zeros_like(targets), targets)
    nll = -torch.gather(torch.log_softmax(logits, -1), -1, safe[..., None])[..., 0]
    return torch.exp((nll * mask).sum() / mask.sum())


def corpus_perplexity(batches, ignore_index=-100):
    top = torch.zeros(())
    bottom = torch.zeros(())
    for logits, targets in batches:
        mask = (targets != ignore_index).to(logits.dtype)
        safe = targets.masked_fill(targets == ignore_index, 0)
        nll = torch.logsumexp(logits, -1) - logits.gather(-1, safe[..., None])[..., 0]
        top = top + (nll * mask).sum()
        bottom = bottom + mask.sum()
    return torch.exp(top / bottom)


# %% unreduced: per-token losses with zeros on padding


def perplexity(logits, targets, ignore_index=-100):
    losses = F.cross_entropy(
        logits.reshape(-1, logits.size(-1)),
        targets.reshape(-1),
        ignore_index=ignore_index,
        reduction="none",
    )
    return math.e ** (losses.sum() / (targets != ignore_index).sum())


def corpus_perplexity(batches, ignore_index=-100):
    classes = batches[0][0].shape[-1]
    logits = torch.cat([x.reshape(-1, classes) for x, _ in batches])
    targets = torch.cat([t.reshape(-1) for _, t in batches])
    return perplexity(logits, targets, ignore_index)


# %% module: nn.CrossEntropyLoss


def perplexity(logits, targets, ignore_index=-100):
    criterion = nn.CrossEntropyLoss(ignore_index=ignore_index)
    if logits.dim() > 2:
        logits, targets = logits.flatten(0, -2), targets.flatten()
    return criterion(logits, targets).exp()


def corpus_perplexity(batches, ignore_index=-100):
    criterion = nn.CrossEntropyLoss(ignore_index=ignore_index, reduction="sum")
    total = sum(criterion(x.reshape(-1, x.shape[-1]), t.flatten()) for x, t in batches)
    return (total / sum(int((t != ignore_index).sum()) for _, t in batches)).exp()


# %% nll_of_log_softmax: F.nll_loss, classes moved to axis 1


def perplexity(logits, targets, ignore_index=-100):
    rows = torch.log_softmax(logits, dim=-1).reshape(1, -1, logits.shape[-1]).transpose(1, 2)
    return F.nll_loss(rows, targets.reshape(1, -1), ignore_index=ignore_index).exp()


def corpus_perplexity(batches, ignore_index=-100):
    total, count = 0.0, 0.0
    for logits, targets in batches:
        n = (targets != ignore_index).sum().item()
        if n == 0:
            continue
        total = total + torch.log(perplexity(logits, targets, ignore_index)) * n
        count += n
    return torch.exp(total / count)


# %% bits: everything in base two


def perplexity(logits, targets, ignore_index=-100):
    keep = targets != ignore_index
    bits = F.cross_entropy(logits[keep], targets[keep]) / math.log(2.0)
    return torch.exp2(bits)


def corpus_perplexity(batches, ignore_index=-100):
    bits = []
    for logits, targets in batches:
        keep = targets != ignore_index
        if keep.any():
            nats = F.cross_entropy(logits[keep], targets[keep], reduction="none")
            bits.extend((nats / math.log(2.0)).unbind())
    return torch.pow(2.0, torch.stack(bits).mean())


# %% loops: token by token in Python


def perplexity(logits, targets, ignore_index=-100):
    rows = logits.reshape(-1, logits.shape[-1])
    total, count = 0.0, 0
    for row, target in zip(rows, targets.reshape(-1).tolist()):
        if target != ignore_index:
            total = total - (row[target] - torch.logsumexp(row, dim=0))
            count += 1
    return torch.exp(total / count)


def corpus_perplexity(batches, ignore_index=-100):
    total, count = 0.0, 0
    for logits, targets in batches:
        rows = logits.reshape(-1, logits.shape[-1])
        for row, target in zip(rows, targets.reshape(-1).tolist()):
            if target != ignore_index:
                total = total - (row[target] - torch.logsumexp(row, dim=0))
                count += 1
    return torch.exp(total / count)


# %% inverse_probability: the geometric mean of 1/p, in logarithms


def perplexity(logits, targets, ignore_index=-100):
    keep = (targets != ignore_index).reshape(-1).nonzero().squeeze(1)
    rows = logits.reshape(-1, logits.shape[-1]).index_select(0, keep)
    wanted = targets.reshape(-1).index_select(0, keep)
    log_p = (rows - rows.logsumexp(1, keepdim=True)).gather(1, wanted.unsqueeze(1))
    return 1 / torch.exp(log_p.mean())


def corpus_perplexity(batches, ignore_index=-100):
    counts = [(targets != ignore_index).sum() for _, targets in batches]
    total = sum(counts)
    logs = [
        torch.log(perplexity(*batch, ignore_index)) * (n / total)
        for batch, n in zip(batches, counts)
        if n > 0
    ]
    return torch.exp(sum(logs))


# %% one_hot: a product with one-hot rows that are zero on padding


def perplexity(logits, targets, ignore_index=-100):
    classes = torch.arange(logits.shape[-1])
    keep = (targets != ignore_index).unsqueeze(-1)
    hot = ((targets.unsqueeze(-1) == classes) & keep).to(logits.dtype)
    return torch.exp(-(hot * logits.log_softmax(-1)).sum() / hot.sum())


def corpus_perplexity(batches, ignore_index=-100):
    total = count = 0
    for logits, targets in batches:
        classes = torch.arange(logits.shape[-1])
        keep = (targets != ignore_index).unsqueeze(-1)
        hot = ((targets.unsqueeze(-1) == classes) & keep).to(logits.dtype)
        total = total - (hot * logits.log_softmax(-1)).sum()
        count = count + hot.sum()
    return torch.exp(total / count)


# %% categorical: a distribution's log_prob


def perplexity(logits, targets, ignore_index=-100):
    keep = targets != ignore_index
    log_p = torch.distributions.Categorical(logits=logits[keep]).log_prob(targets[keep])
    return log_p.mean().neg().exp()


def corpus_perplexity(batches, ignore_index=-100):
    log_ps = [torch.zeros(0)]
    for logits, targets in batches:
        keep = targets != ignore_index
        if int(keep.sum()) > 0:
            distribution = torch.distributions.Categorical(logits=logits[keep])
            log_ps.append(distribution.log_prob(targets[keep]))
    return torch.cat(log_ps).mean().neg().exp()


# %% subtracted_maximum: a stable softmax by hand


def nll_sum(logits, targets, ignore_index):
    keep = targets != ignore_index
    x, t = logits[keep], targets[keep]
    if len(t) == 0:
        return logits.sum() * 0, 0
    x = x - x.amax(dim=-1, keepdim=True)
    picked = x.gather(-1, t[:, None]).squeeze(-1)
    return (x.exp().sum(-1).log() - picked).sum(), len(t)


def perplexity(logits, targets, ignore_index=-100):
    total, n = nll_sum(logits, targets, ignore_index)
    return (total / n).exp()


def corpus_perplexity(batches, ignore_index=-100):
    parts = [nll_sum(x, t, ignore_index) for x, t in batches]
    return (sum(p for p, _ in parts) / sum(n for _, n in parts)).exp()


# %% running_average: updates a mean batch by batch


def corpus_perplexity(batches, ignore_index=-100):
    mean, seen = torch.tensor(0.0), 0
    for logits, targets in batches:
        n = int((targets != ignore_index).sum())
        if n:
            seen += n
            batch_mean = perplexity(logits, targets, ignore_index).log()
            mean = mean + (batch_mean - mean) * n / seen
    return mean.exp()


# %% padded_into_one: pads all batches with ignore_index into one


def corpus_perplexity(batches, ignore_index=-100):
    rows = [x.reshape(-1, x.shape[-1]) for x, _ in batches]
    flat = [t.reshape(-1) for _, t in batches]
    logits = nn.utils.rnn.pad_sequence(rows, batch_first=True)
    targets = nn.utils.rnn.pad_sequence(flat, batch_first=True, padding_value=ignore_index)
    return perplexity(logits, targets, ignore_index)


# %% viewed: flattens with view where that is possible


def perplexity(logits, targets, ignore_index=-100):
    loss = F.cross_entropy(
        logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=ignore_index
    )
    return loss.exp()


# %% criterion: a CrossEntropyLoss object


def perplexity(logits, targets, ignore_index=-100):
    loss = nn.CrossEntropyLoss(ignore_index=ignore_index)
    return loss(logits.reshape(-1, logits.size(-1)), targets.reshape(-1)).exp()


def corpus_perplexity(batches, ignore_index=-100):
    loss = nn.CrossEntropyLoss(ignore_index=ignore_index, reduction="sum")
    pairs = [(x.reshape(-1, x.size(-1)), t.reshape(-1)) for x, t in batches]
    n = sum(int((t != ignore_index).sum()) for _, t in pairs)
    return (sum(loss(x, t) for x, t in pairs) / n).exp()


# %% masked_select: masks, then means


def perplexity(logits, targets, ignore_index=-100):
    safe = torch.where(targets == ignore_index, 0, targets)
    surprise = -torch.take_along_dim(logits.log_softmax(-1), safe[..., None], -1)[..., 0]
    return surprise.masked_select(targets != ignore_index).mean().exp()


def corpus_perplexity(batches, ignore_index=-100):
    total = torch.zeros(())
    count = torch.zeros(())
    for logits, targets in batches:
        safe = torch.where(targets == ignore_index, 0, targets)
        surprise = -torch.take_along_dim(logits.log_softmax(-1), safe[..., None], -1)[..., 0]
        keep = targets != ignore_index
        total = total + surprise[keep].sum()
        count = count + keep.sum()
    return torch.exp(total / count)


# %% unreduced: unreduced losses times a mask


def perplexity(logits, targets, ignore_index=-100):
    flat, want = logits.flatten(0, -2) if logits.dim() > 1 else logits[None], targets.flatten()
    each = F.cross_entropy(flat, want, ignore_index=ignore_index, reduction="none")
    keep = want != ignore_index
    return torch.exp((each * keep).sum() / torch.count_nonzero(keep))


def corpus_perplexity(batches, ignore_index=-100):
    logs, weights = [], []
    for logits, targets in batches:
        n = int((targets != ignore_index).sum())
        if n == 0:
            continue
        logs.append(perplexity(logits, targets, ignore_index).log() * n)
        weights.append(n)
    return torch.exp(torch.stack(logs).sum() / sum(weights))


# %% by_the_corpus: everything in one tensor


def perplexity(logits, targets, ignore_index=-100):
    return corpus_perplexity([(logits, targets)], ignore_index)


def corpus_perplexity(batches, ignore_index=-100):
    rows, wanted = [], []
    for logits, targets in batches:
        keep = targets.ne(ignore_index)
        rows.append(logits[keep])
        wanted.append(targets[keep])
    rows, wanted = torch.cat(rows), torch.cat(wanted)
    return (rows.logsumexp(1) - rows[torch.arange(len(rows)), wanted]).mean().exp()


# %% powers_of_two: bits throughout


def perplexity(logits, targets, ignore_index=-100):
    keep = targets != ignore_index
    bits = -logits[keep].log_softmax(-1).gather(-1, targets[keep].unsqueeze(-1)) / math.log(2.0)
    return torch.exp2(bits.mean())


def corpus_perplexity(batches, ignore_index=-100):
    bits, count = 0.0, 0
    for logits, targets in batches:
        keep = targets != ignore_index
        chosen = logits[keep].log_softmax(-1).gather(-1, targets[keep].unsqueeze(-1))
        bits = bits - chosen.sum() / math.log(2.0)
        count += int(keep.sum())
    return torch.pow(2.0, bits / count)
