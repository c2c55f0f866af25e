import { create } from 'zustand';

interface PaletteState {
  readonly isOpen: boolean;
  readonly setOpen: (isOpen: boolean) => void;
  /** The sheet of every key. */
  readonly sheetOpen: boolean;
  readonly setSheetOpen: (sheetOpen: boolean) => void;
}

export const usePaletteStore = create<PaletteState>((set) => ({
  isOpen: false,
  setOpen: (isOpen) => set({ isOpen }),
  sheetOpen: false,
  setSheetOpen: (sheetOpen) => set({ sheetOpen }),
}));

export function openPalette(): void {
  usePaletteStore.getState().setOpen(true);
}
