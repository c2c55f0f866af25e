/** Ways in which tables say that a value is missing, in small letters. */
export const missing: ReadonlySet<string> = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '?', '-']);
