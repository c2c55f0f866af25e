import { useMemo } from 'react';
import { type Action, useActions } from '../../app/action-store.ts';
import { useWorkspaceStore } from '../workspace/workspace-store.ts';
import { useWords } from '../../words/use-words.ts';
import { StorageDialog } from './StorageDialog.tsx';
import { useStorageStore } from './storage-store.ts';

/** Shows the dialog where it was asked for, from anywhere. Once in the frame. */
export function StorageHost() {
  const t = useWords();
  const { isOpen, show } = useStorageStore();
  const folder = useWorkspaceStore((state) => state.workspace?.folder);
  const actions = useMemo((): Action[] => [{ id: 'storage.show', title: t('storage.action'), run: () => show(true) }], [t, show]);
  useActions('storage', actions);
  return isOpen ? <StorageDialog key={folder} onClose={() => show(false)} /> : null;
}
