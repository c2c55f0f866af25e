import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';

interface Props extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className'> {
  /** `primary`: the one thing to do here. `quiet`: no border. `link`: within text. */
  readonly look?: 'plain' | 'primary' | 'quiet' | 'link';
  readonly danger?: boolean;
  readonly icon?: ReactNode;
  readonly children: ReactNode;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function Button({ look = 'plain', danger = false, icon, children, ...rest }: Props) {
  return (
    <button type="button" {...rest} className={`button ${look}${danger ? ' danger' : ''}`}>
      {icon}
      {children}
    </button>
  );
}
