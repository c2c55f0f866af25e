import { metricName } from '#contract/measured.ts';
import { useWords } from '../../words/use-words.ts';

/** A quantity that two runs were compared by, in words: a metric, the learning rate, or a weight by its name. */
export function useRunWord(): (quantity: string) => string {
  const t = useWords();
  return (quantity) => {
    if (quantity === 'learning_rate') return t('runs.learningRate');
    return quantity.includes('/') ? quantity : metricName(t, quantity);
  };
}
