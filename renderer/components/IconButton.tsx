import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { Tooltip } from './Tooltip.tsx';

interface Props extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className' | 'aria-label' | 'children'> {
  /** Read aloud, and shown as a tooltip. */
  readonly label: string;
  /** Shown beside the label, e.g. `Ctrl+Enter`. */
  readonly keys?: string | undefined;
  readonly icon: ReactNode;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function IconButton({ label, keys, icon, ...rest }: Props) {
  return (
    <Tooltip label={label} keys={keys}>
      <button type="button" {...rest} aria-label={label} className="icon-button">
        {icon}
      </button>
    </Tooltip>
  );
}
