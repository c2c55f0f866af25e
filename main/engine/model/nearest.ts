import { nearest as nearestName } from '#contract/nearest.ts';

/** The candidate most like `name`, as a value of a message: where none is near, `none`. */
export const nearest = (name: string, candidates: Iterable<string>): string => nearestName(name, candidates) ?? 'none';
