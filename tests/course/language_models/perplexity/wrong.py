"""Wrong answers to perplexity and corpus_perplexity."""

# %% two_to_the_nats @ perplexity: base two with nats [base_two]


def perplexity(logits, targets, ignore_index=-100):
    logits = logits.reshape(-1, logits.shape[-1])
    return 2 ** F.cross_entropy(logits, targets.reshape(-1), ignore_index=ignore_index)


# %% loss_only @ perplexity: forgets exp [no_exp]


def perplexity(logits, targets, ignore_index=-100):
    logits = logits.reshape(-1, logits.shape[-1])
    return F.cross_entropy(logits, targets.reshape(-1), ignore_index=ignore_index)


# %% zero_padding @ perplexity: padding becomes class 0 and is scored [padding_counted]


def perplexity(logits, targets, ignore_index=-100):
    targets = torch.where(targets == ignore_index, 0, targets)
    log_p = logits.log_softmax(-1).gather(-1, targets[..., None])
    return (-log_p.mean()).exp()


# %% forgets_the_argument @ perplexity: cross_entropy with its own default [padding_counted]


def perplexity(logits, targets, ignore_index=-100):
    logits = logits.reshape(-1, logits.shape[-1])
    return F.cross_entropy(logits, targets.reshape(-1)).exp()


# %% mean_with_zeros @ perplexity: mean over all places [divides_by_padding_too]


def perplexity(logits, targets, ignore_index=-100):
    logits = logits.reshape(-1, logits.shape[-1])
    losses = F.cross_entropy(
        logits, targets.reshape(-1), ignore_index=ignore_index, reduction="none"
    )
    return losses.mean().exp()


# %% sentences @ perplexity: mean of the sentences' perplexities [mean_of_sentence_perplexities]


def perplexity(logits, targets, ignore_index=-100):
    each = [F.cross_entropy(x, t, ignore_index=ignore_index).exp() for x, t in zip(logits, targets)]
    return torch.stack(each).mean()


# %% sentence_losses @ perplexity: exp of the mean of sentence means [mean_of_sentence_means]


def perplexity(logits, targets, ignore_index=-100):
    if targets.dim() < 2:
        return F.cross_entropy(logits, targets, ignore_index=ignore_index).exp()
    each = [F.cross_entropy(x, t, ignore_index=ignore_index) for x, t in zip(logits, targets)]
    return torch.stack(each).mean().exp()


# %% mean_probability @ perplexity: 1 over the mean probability [average_of_probabilities]


def perplexity(logits, targets, ignore_index=-100):
    keep = targets != ignore_index
    p = logits[keep].softmax(-1).gather(-1, targets[keep][:, None])
    return 1 / p.mean()


# %% per_sentence @ perplexity: divides by B [divides_by_sentences]


def perplexity(logits, targets, ignore_index=-100):
    flat = logits.reshape(-1, logits.shape[-1])
    total = F.cross_entropy(flat, targets.reshape(-1), ignore_index=ignore_index, reduction="sum")
    return torch.exp(total / targets.shape[0])


# %% double @ perplexity: softmax, then cross_entropy [softmax_twice]


def perplexity(logits, targets, ignore_index=-100):
    probabilities = torch.softmax(logits, dim=-1).reshape(-1, logits.shape[-1])
    return F.cross_entropy(probabilities, targets.reshape(-1), ignore_index=ignore_index).exp()


# %% underflow @ perplexity: log of softmax [log_of_softmax]


def perplexity(logits, targets, ignore_index=-100):
    keep = targets != ignore_index
    p = torch.softmax(logits[keep], dim=-1)
    return torch.log(p[torch.arange(len(p)), targets[keep]]).mean().neg().exp()


# %% overflow @ perplexity: exp of the logits, then log of the sum [exp_overflows]


def perplexity(logits, targets, ignore_index=-100):
    keep = targets != ignore_index
    x = logits[keep]
    nll = x.exp().sum(-1).log() - x.gather(-1, targets[keep][:, None])[:, 0]
    return nll.mean().exp()


# %% rebuilt @ perplexity: math.exp in a new tensor [graph_is_cut]


def perplexity(logits, targets, ignore_index=-100):
    logits = logits.reshape(-1, logits.shape[-1])
    loss = F.cross_entropy(logits, targets.reshape(-1), ignore_index=ignore_index)
    return torch.tensor(math.exp(loss.item()))


# %% gathers_first @ perplexity: looks -100 up [padding_is_gathered]


def perplexity(logits, targets, ignore_index=-100):
    nll = -F.log_softmax(logits, dim=-1).gather(-1, targets.unsqueeze(-1)).squeeze(-1)
    mask = targets != ignore_index
    return torch.exp((nll * mask).sum() / mask.sum())


# %% unpacks_three @ perplexity: B, T, V = logits.shape [three_axes_only]


def perplexity(logits, targets, ignore_index=-100):
    B, T, V = logits.shape
    loss = F.cross_entropy(
        logits.reshape(B * T, V), targets.reshape(B * T), ignore_index=ignore_index
    )
    return torch.exp(loss)


# %% plain_float @ perplexity: a Python float


def perplexity(logits, targets, ignore_index=-100):
    logits = logits.reshape(-1, logits.shape[-1])
    return math.exp(F.cross_entropy(logits, targets.reshape(-1), ignore_index=ignore_index))


# %% one_element @ perplexity: shape (1,) instead of ()


def perplexity(logits, targets, ignore_index=-100):
    logits = logits.reshape(-1, logits.shape[-1])
    loss = F.cross_entropy(logits, targets.reshape(-1), ignore_index=ignore_index)
    return torch.exp(loss).reshape(1)


# %% small_constant @ perplexity: log(p + 1e-12) against log 0


def perplexity(logits, targets, ignore_index=-100):
    keep = targets != ignore_index
    p = logits[keep].softmax(-1).gather(-1, targets[keep][:, None])
    return torch.exp(-torch.log(p + 1e-12).mean())


# %% edits_the_targets @ perplexity: overwrites the caller's padding


def perplexity(logits, targets, ignore_index=-100):
    mask = targets != ignore_index
    targets[~mask] = 0
    nll = -logits.log_softmax(-1).gather(-1, targets[..., None])[..., 0]
    return torch.exp((nll * mask).sum() / mask.sum())


# %% negative_is_padding @ perplexity: only negative ids are left out


def perplexity(logits, targets, ignore_index=-100):
    keep = targets >= 0
    return F.cross_entropy(logits[keep], targets[keep]).exp()


# %% zero_is_padding @ perplexity: class 0 is never counted [token_zero_left_out]


def perplexity(logits, targets, ignore_index=-100):
    keep = (targets != ignore_index) & (targets > 0)
    return F.cross_entropy(logits[keep], targets[keep]).exp()


# %% falsy_zero @ perplexity: ignore_index=0 is taken for the default


def perplexity(logits, targets, ignore_index=-100):
    flat = logits.reshape(-1, logits.shape[-1])
    return F.cross_entropy(flat, targets.reshape(-1), ignore_index=ignore_index or -100).exp()


# %% default_of_zero @ perplexity: the default is 0 [token_zero_left_out]


def perplexity(logits, targets, ignore_index=0):
    keep = targets != ignore_index
    return F.cross_entropy(logits[keep], targets[keep]).exp()


# %% one_less @ perplexity: divides by the count less one


def perplexity(logits, targets, ignore_index=-100):
    keep = targets != ignore_index
    total = F.cross_entropy(logits[keep], targets[keep], reduction="sum")
    return torch.exp(total / (keep.sum() - 1).clamp(min=1))


# %% trims_by_first_row @ perplexity: cuts every sentence to the length of the first


def perplexity(logits, targets, ignore_index=-100):
    if targets.dim() == 2:
        length = int((targets[0] != ignore_index).sum())
        logits, targets = logits[:, :length], targets[:, :length]
    keep = targets != ignore_index
    return F.cross_entropy(logits[keep], targets[keep]).exp()


# %% class_axis @ perplexity: cross_entropy wants the classes on axis 1


def perplexity(logits, targets, ignore_index=-100):
    return F.cross_entropy(logits, targets, ignore_index=ignore_index).exp()


# %% transposes_three @ perplexity: transposes axes 1 and 2, which suits three axes only


def perplexity(logits, targets, ignore_index=-100):
    return F.cross_entropy(logits.transpose(1, 2), targets, ignore_index=ignore_index).exp()


# %% clamped_loss @ perplexity: losses are capped at 100


def perplexity(logits, targets, ignore_index=-100):
    keep = targets != ignore_index
    losses = F.cross_entropy(logits[keep], targets[keep], reduction="none")
    return losses.clamp(max=100.0).mean().exp()


# %% clamped_logits @ perplexity: logits are clamped to 500


def perplexity(logits, targets, ignore_index=-100):
    keep = targets != ignore_index
    return F.cross_entropy(logits[keep].clamp(-500, 500), targets[keep]).exp()


# %% label_smoothing @ perplexity: smooths the labels a little


def perplexity(logits, targets, ignore_index=-100):
    keep = targets != ignore_index
    return F.cross_entropy(logits[keep], targets[keep], label_smoothing=0.01).exp()


# %% under_no_grad @ perplexity: computes under no_grad [graph_is_cut]


@torch.no_grad()
def perplexity(logits, targets, ignore_index=-100):
    keep = targets != ignore_index
    return F.cross_entropy(logits[keep], targets[keep]).exp()


# %% single_precision @ perplexity: casts the logits to float32 and answers in it


def perplexity(logits, targets, ignore_index=-100):
    keep = targets != ignore_index
    return F.cross_entropy(logits[keep].float(), targets[keep]).exp().double()


# %% batch_perplexities @ corpus_perplexity: plain mean [mean_of_batch_perplexities]


def corpus_perplexity(batches, ignore_index=-100):
    total = 0
    for logits, targets in batches:
        total = total + perplexity(logits, targets, ignore_index)
    return total / len(batches)


# %% batch_losses @ corpus_perplexity: exp of the mean of batch means [mean_of_batch_means]


def corpus_perplexity(batches, ignore_index=-100):
    losses = [torch.log(perplexity(x, t, ignore_index)) for x, t in batches]
    return torch.exp(sum(losses) / len(losses))


# %% weighted_perplexities @ corpus_perplexity: weights right [weighted_mean_of_perplexities]


def corpus_perplexity(batches, ignore_index=-100):
    total, count = 0, 0
    for logits, targets in batches:
        n = (targets != ignore_index).sum()
        total = total + n * perplexity(logits, targets, ignore_index)
        count = count + n
    return total / count


# %% numel @ corpus_perplexity: batch means weighted by all places [weighted_by_places]


def corpus_perplexity(batches, ignore_index=-100):
    total, count = 0, 0
    for logits, targets in batches:
        total = total + targets.numel() * perplexity(logits, targets, ignore_index).log()
        count += targets.numel()
    return torch.exp(total / count)


# %% not_handed_on @ corpus_perplexity: forgets ignore_index [corpus_padding_counted]


def corpus_perplexity(batches, ignore_index=-100):
    total, count = 0, 0
    for logits, targets in batches:
        n = (targets != -100).sum()
        total = total + n * perplexity(logits, targets).log()
        count = count + n
    return torch.exp(total / count)


# %% nan_of_nothing @ corpus_perplexity: mean times count [empty_batch_is_nan]


def corpus_perplexity(batches, ignore_index=-100):
    total, count = 0, 0
    for logits, targets in batches:
        keep = targets != ignore_index
        total = total + F.cross_entropy(logits[keep], targets[keep]) * keep.sum()
        count = count + keep.sum()
    return (total / count).exp()


# %% items @ corpus_perplexity: adds items up [corpus_graph_is_cut]


def corpus_perplexity(batches, ignore_index=-100):
    total, count = 0.0, 0
    for logits, targets in batches:
        keep = targets != ignore_index
        total += F.cross_entropy(logits[keep], targets[keep], reduction="sum").item()
        count += keep.sum().item()
    return torch.tensor(math.exp(total / count))


# %% sum_over_batches @ corpus_perplexity: divides by the number of batches [divides_by_batches]


def corpus_perplexity(batches, ignore_index=-100):
    total = 0
    for logits, targets in batches:
        keep = targets != ignore_index
        total = total + F.cross_entropy(logits[keep], targets[keep], reduction="sum")
    return torch.exp(total / len(batches))


# %% in_powers_of_two @ corpus_perplexity: base two with nats [corpus_base_two]


def corpus_perplexity(batches, ignore_index=-100):
    total, count = 0, 0
    for logits, targets in batches:
        keep = targets != ignore_index
        total = total + F.cross_entropy(logits[keep], targets[keep], reduction="sum")
        count = count + keep.sum()
    return 2 ** (total / count)


# %% assignment @ corpus_perplexity: = for += [only_the_last_batch]


def corpus_perplexity(batches, ignore_index=-100):
    total, count = 0, 0
    for logits, targets in batches:
        keep = targets != ignore_index
        total = F.cross_entropy(logits[keep], targets[keep], reduction="sum")
        count = keep.sum()
    return torch.exp(total / count)


# %% power_then_root @ corpus_perplexity: the product of all 1/p overflows


def corpus_perplexity(batches, ignore_index=-100):
    product, count = 1.0, 0
    for logits, targets in batches:
        n = int((targets != ignore_index).sum())
        if n:
            product = product * perplexity(logits, targets, ignore_index) ** n
            count += n
    return product ** (1 / count)


# %% empties_the_list @ corpus_perplexity: pops the caller's batches


def corpus_perplexity(batches, ignore_index=-100):
    total, count = 0, 0
    while batches:
        logits, targets = batches.pop()
        keep = targets != ignore_index
        total = total + F.cross_entropy(logits[keep], targets[keep], reduction="sum")
        count = count + keep.sum()
    return torch.exp(total / count)


# %% stops_at_the_empty_batch @ corpus_perplexity: break for continue


def corpus_perplexity(batches, ignore_index=-100):
    total, count = torch.zeros(()), 0
    for logits, targets in batches:
        keep = targets != ignore_index
        if not keep.any():
            break
        total = total + F.cross_entropy(logits[keep], targets[keep], reduction="sum")
        count += int(keep.sum())
    return torch.exp(total / max(count, 1))


# %% skips_only_nothing @ corpus_perplexity: skips tensors without places, not padding only


def corpus_perplexity(batches, ignore_index=-100):
    total, count = 0, 0
    for logits, targets in batches:
        if targets.numel() == 0:
            continue
        n = (targets != ignore_index).sum()
        total = total + perplexity(logits, targets, ignore_index).log() * n
        count = count + n
    return torch.exp(total / count)


# %% last_graph_only @ corpus_perplexity: detaches the running sum


def corpus_perplexity(batches, ignore_index=-100):
    total, count = torch.zeros(()), 0
    for logits, targets in batches:
        keep = targets != ignore_index
        total = total.detach() + F.cross_entropy(logits[keep], targets[keep], reduction="sum")
        count = count + keep.sum()
    return torch.exp(total / count)


# %% same_shapes_only @ corpus_perplexity: stacks the batches


def corpus_perplexity(batches, ignore_index=-100):
    logits = torch.stack([x for x, _ in batches])
    targets = torch.stack([t for _, t in batches])
    return perplexity(logits, targets, ignore_index)


# %% plain_number @ corpus_perplexity: a Python float


def corpus_perplexity(batches, ignore_index=-100):
    total, count = 0.0, 0
    for logits, targets in batches:
        keep = targets != ignore_index
        total += float(F.cross_entropy(logits[keep], targets[keep], reduction="sum"))
        count += int(keep.sum())
    return math.exp(total / count)


# %% first_batch_decides @ corpus_perplexity: all batches weigh as much as the first


def corpus_perplexity(batches, ignore_index=-100):
    total = 0
    for logits, targets in batches:
        keep = targets != ignore_index
        total = total + F.cross_entropy(logits[keep], targets[keep], reduction="sum")
    return torch.exp(total / ((batches[0][1] != ignore_index).sum() * len(batches)))


# %% infinite_batches @ corpus_perplexity: probabilities instead of logarithms


def corpus_perplexity(batches, ignore_index=-100):
    logs = []
    for logits, targets in batches:
        keep = targets != ignore_index
        p = logits[keep].softmax(-1).gather(-1, targets[keep][:, None])
        logs.append(p.clamp(min=1e-300).log()[:, 0])
    return torch.cat(logs).mean().neg().exp()


# %% axis_one @ perplexity: cross_entropy of (B, T, V) with T = V by luck


def perplexity(logits, targets, ignore_index=-100):
    if logits.dim() == 3:
        return F.cross_entropy(logits.transpose(1, 2), targets, ignore_index=ignore_index).exp()
    if logits.dim() == 2 and logits.shape[0] == logits.shape[1]:
        logits = logits.T
    flat = logits.reshape(-1, logits.shape[-1])
    return F.cross_entropy(flat, targets.reshape(-1), ignore_index=ignore_index).exp()
