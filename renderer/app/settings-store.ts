/** Theme and language, kept by the core; and what the app runs on. */
import { create } from 'zustand';
import type { Response, Settings } from '#contract/calls.ts';
import { toast } from '../components/toast-store.ts';
import { call } from '../platform/client.ts';
import { errorTextNow } from '../words/errors.ts';
import { useLocaleStore } from '../words/locale.ts';

interface SettingsState {
  readonly settings: Settings | undefined;
  readonly info: Response<'app.info'> | undefined;
  readonly load: () => Promise<void>;
  /** Takes effect at once and is stored in the background. */
  readonly change: (settings: Partial<Settings>) => Promise<void>;
}

export const useSettingsStore = create<SettingsState>((set, get) => ({
  settings: undefined,
  info: undefined,
  async load() {
    const [settings, info] = await Promise.all([call('settings.get', {}), call('app.info', {})]);
    set({ settings, info });
    apply(settings);
  },
  async change(changed) {
    const before = get().settings;
    if (!before) return;
    const settings = { ...before, ...changed };
    apply(settings);
    set({ settings });
    try {
      set({ settings: await call('settings.set', changed) });
    } catch (error) {
      toast({ text: errorTextNow(error), tone: 'bad' });
    }
  },
}));

const systemDark = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: dark)') : undefined;
systemDark?.addEventListener('change', () => applyTheme(useSettingsStore.getState().settings?.theme ?? 'system'));

function apply(settings: Settings): void {
  applyTheme(settings.theme);
  useLocaleStore.getState().setLocale(settings.locale);
}

/** Also used before the settings are known, so that a dark system does not flash white. */
export function applyTheme(theme: Settings['theme']): void {
  const dark = theme === 'dark' || (theme === 'system' && systemDark?.matches === true);
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
}
