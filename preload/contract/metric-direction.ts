/** Which end of a metric is better, from its name. */
const larger =
  /accuracy|precision|recall|auc|f1|fbeta|r2|similarity|sensitivity|specificity|iou|io_u|correlation|score|true_|reward|return|dice|jaccard|kappa|bleu|rouge|meteor|psnr|ssim|ndcg|mrr|(?:^|[^a-z])(?:m?ap|mcc|elbo|hits?|win_?rate|success(?:_?rate)?|log_?likelihood)(?:[^a-z]|$)/i;
/** What is named after a rate of what is right, and measures the opposite. */
const smaller = /loss|error|brier|(?:^|_)(?:neg|negative|nll|false)_/i;

/** Losses and errors are better small; rates of what is right are better large. */
export function betterOf(metric: string): 'min' | 'max' {
  if (smaller.test(metric)) return 'min';
  return larger.test(metric) || /^(val_)?acc$/.test(metric) ? 'max' : 'min';
}
