/** Whether the storage dialog is open, and what the check after a crash found. */
import { create } from 'zustand';
import { toast } from '../../components/toast-store.ts';
import { call } from '../../platform/client.ts';
import { translate } from '../../words/use-words.ts';

interface StorageState {
  readonly isOpen: boolean;
  /** SQLite's own words. */
  readonly problems: readonly string[];
  readonly show: (isOpen: boolean) => void;
  readonly found: (problems: readonly string[]) => void;
  /** Of a check that ended before the page was there. */
  readonly loadHealth: () => Promise<void>;
}

export const useStorageStore = create<StorageState>((set, get) => ({
  isOpen: false,
  problems: [],
  show: (isOpen) => set({ isOpen }),
  found(problems) {
    set({ problems });
    if (problems.length === 0) return;
    toast({
      text: translate('storage.foundDamage'),
      tone: 'bad',
      action: { label: translate('storage.open'), run: () => get().show(true) },
    });
  },
  async loadHealth() {
    const { problems } = await call('store.health', {});
    get().found(problems);
  },
}));
