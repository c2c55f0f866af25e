/** Short notices at the foot of the window, with a way back where there is one. */
import { create } from 'zustand';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'bad';
  readonly action?: { readonly label: string; readonly run: () => void };
}

interface ToastState {
  readonly toasts: readonly Toast[];
  readonly show: (toast: Omit<Toast, 'id' | 'tone'> & { tone?: Toast['tone'] }) => number;
  readonly dismiss: (id: number) => void;
}

/** At most this many at once: the oldest goes. */
const limit = 3;
let nextId = 1;

export const useToastStore = create<ToastState>((set) => ({
  toasts: [],
  show(toast) {
    const id = nextId++;
    set((state) => ({
      toasts: [...state.toasts.filter((other) => other.text !== toast.text), { tone: 'plain' as const, ...toast, id }].slice(-limit),
    }));
    return id;
  },
  dismiss: (id) => set((state) => ({ toasts: state.toasts.filter((toast) => toast.id !== id) })),
}));

/** For use outside components: `toast({ text, action: { label, run } })`. */
export function toast(notice: Parameters<ToastState['show']>[0]): number {
  return useToastStore.getState().show(notice);
}
