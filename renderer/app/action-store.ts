/**
 * Everything a person can do by key or from the command palette. A view gives its actions while it is shown
 * (`useActions`); the palette lists them and the window's key handler runs them.
 */
import { useLayoutEffect, useMemo } from 'react';
import { create } from 'zustand';
import { useSettingsStore } from './settings-store.ts';

export interface Action {
  readonly id: string;
  readonly title: string;
  /** Like `Mod+Shift+P`, see components/keys.ts. */
  readonly keys?: string | undefined;
  /** Another way to the same. */
  readonly otherKeys?: string | undefined;
  /** The keys count only where the focus is on an element that this selects: single letters elsewhere are somebody's text. */
  readonly within?: string;
  /** The keys count in a text field, too; those with Mod always do. */
  readonly inText?: boolean;
  readonly disabled?: boolean;
  /** The keys that it comes with, where the user gave it others. */
  readonly changedFrom?: readonly string[];
  readonly run: () => void;
}

interface ActionState {
  readonly groups: ReadonlyMap<string, readonly Action[]>;
  readonly provide: (group: string, actions: readonly Action[]) => void;
  readonly withdraw: (group: string) => void;
}

export const useActionStore = create<ActionState>((set) => ({
  groups: new Map(),
  provide: (group, actions) => set((state) => ({ groups: new Map(state.groups).set(group, actions) })),
  withdraw: (group) =>
    set((state) => {
      const groups = new Map(state.groups);
      groups.delete(group);
      return { groups };
    }),
}));

/** Offers `actions` while the calling component is mounted. Memoize the array: each new one is registered again. */
export function useActions(group: string, actions: readonly Action[]): void {
  const provide = useActionStore((state) => state.provide);
  const withdraw = useActionStore((state) => state.withdraw);
  const own = useSettingsStore((state) => state.settings?.keys);
  const known = useMemo(() => actions.map((action) => withOwnKeys(action, own?.[action.id])), [actions, own]);
  // With what is drawn, not after: the next key may come at once.
  useLayoutEffect(() => provide(group, known), [provide, group, known]);
  useLayoutEffect(() => () => withdraw(group), [withdraw, group]);
}

function withOwnKeys(action: Action, own: string | undefined): Action {
  if (own === undefined) return action;
  const changedFrom = [action.keys, action.otherKeys].filter((keys) => keys !== undefined);
  return { ...action, keys: own === '' ? undefined : own, otherKeys: undefined, changedFrom };
}

/** The keys of an action as they are now, for a hint beside its button. */
export function useKeysOf(id: string): string | undefined {
  return useActionStore((state) => actionOf(state, id)?.keys);
}

export function actionOf({ groups }: Pick<ActionState, 'groups'>, id: string): Action | undefined {
  for (const actions of groups.values()) {
    const action = actions.find((other) => other.id === id);
    if (action) return action;
  }
  return undefined;
}
