import type { ReactNode, Ref } from 'react';

interface Props {
  /** Read aloud when the keyboard comes to it. */
  readonly label: string;
  readonly className: string;
  /** A group is no landmark: for one of several that lie in a region of their own. */
  readonly role?: 'region' | 'group';
  readonly ref?: Ref<HTMLDivElement>;
  readonly children: ReactNode;
}

/** What may be larger than its place: it is scrolled with the arrow keys too. */
export function ScrollRegion({ label, className, role = 'region', ref, children }: Props) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={ref} className={className} role={role} aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
