import type { ReactNode } from 'react';

interface Props {
  readonly icon?: ReactNode;
  /** What will be here. */
  readonly title: string;
  readonly text?: string;
  /** The one click that gets it there. */
  readonly actions?: ReactNode;
}

export function EmptyState({ icon, title, text, actions }: Props) {
  return (
    <div className="empty-state">
      {icon}
      <h2>{title}</h2>
      {text && <p>{text}</p>}
      {actions && <div className="actions">{actions}</div>}
    </div>
  );
}
