/** Folders of pictures that are dropped side by side are the classes of one data set. */

interface Below {
  /** Folders that it lies in among what was dropped; '' for a file by itself. */
  readonly below: string;
  readonly name: string;
}

const isPicture = (name: string) => /\.(png|jpe?g|webp)$/i.test(name);

/**
 * Names of the folders that are classes of one data set: two or more that hold pictures and nothing else, each without
 * folders of its own. Empty where there are none.
 */
export function classFolders(dropped: readonly Below[]): readonly string[] {
  const tops = new Map<string, boolean>();
  for (const { below, name } of dropped) {
    if (below === '') continue;
    const [top] = below.split('/');
    tops.set(top, (tops.get(top) ?? true) && below === top && isPicture(name));
  }
  const classes = [...tops].flatMap(([top, isClass]) => (isClass ? [top] : []));
  return classes.length > 1 ? classes : [];
}

/** A name for the folder that holds them all: one that is not in `taken`. */
export function classesName(taken: ReadonlySet<string>): string {
  let name = 'images';
  for (let number = 2; taken.has(name); number += 1) name = `images-${number}`;
  return name;
}
