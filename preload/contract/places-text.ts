/** Classes of one sample that are written out, where it has one at each step or pixel. */
const most = 24;

/** The classes at a sample's places in a line; of many, the first. */
export const placesText = (names: readonly string[]): string =>
  names.length > most ? `${names.slice(0, most).join(' ')} …` : names.join(' ');
