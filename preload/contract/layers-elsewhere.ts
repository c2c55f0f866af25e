/** Keras' layers whose work is done elsewhere, and where: an error that names one says so. */
const elsewhere = {
  textvectorization: 'tokenize',
  stringlookup: 'ordinal',
  integerlookup: 'ordinal',
  hashing: 'ordinal',
  hashedcrossing: 'ordinal',
  pipeline: 'layers',
} as const;

export function layerElsewhere(name: string): (typeof elsewhere)[keyof typeof elsewhere] | null {
  const key = name.toLowerCase().replaceAll('_', '');
  return Object.hasOwn(elsewhere, key) ? elsewhere[key as keyof typeof elsewhere] : null;
}
