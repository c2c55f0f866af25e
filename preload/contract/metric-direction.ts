/** Which end of a metric is better, from its name. */
const larger = /accuracy|precision|recall|auc|f1|fbeta|r2|similarity|sensitivity|specificity|iou|io_u|correlation|score|true_/i;

/** Losses and errors are better small; rates of what is right are better large. */
export function betterOf(metric: string): 'min' | 'max' {
  return larger.test(metric) || /^(val_)?acc$/.test(metric) ? 'max' : 'min';
}
