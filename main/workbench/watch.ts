/** Notices that files of the workspace changed: folders that hold something, each watched by itself, lightly. */
import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';

export interface Watch {
  /** Watches the folders of these files, and the top folder, instead of those before. */
  follow(files: readonly string[]): void;
  close(): void;
}

const settleMs = 200;
const maxFolders = 100;

/** `onChange` is called once for changes that come close together, and when folders begin to be watched. `onFile` hears of each file by its absolute folder and name. */
export function watchFolders(top: string, onChange: () => void, isOurs: (name: string) => boolean): Watch {
  let watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;

  function changed(name: string | null): void {
    // Our own database and half-written files change all the time.
    if (name !== null && isOurs(name)) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, settleMs);
    timer.unref();
  }

  function open(folder: string): FSWatcher | undefined {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => changed(name));
      // Watching is a comfort: a folder that goes away, or a system out of watches, ends it quietly.
      watcher.on('error', () => watcher.close());
      return watcher;
    } catch {
      return undefined;
    }
  }

  return {
    follow(files) {
      const folders = [...new Set([top, ...files.map((file) => dirname(file))])].slice(0, maxFolders);
      const next = new Map<string, FSWatcher>();
      for (const folder of folders) {
        const watcher = watchers.get(folder) ?? open(folder);
        if (watcher) next.set(folder, watcher);
        // What happened between the listing that somebody has and now, nobody heard of.
        if (watcher && !watchers.has(folder)) changed(null);
      }
      for (const [folder, watcher] of watchers) if (!next.has(folder)) watcher.close();
      watchers = next;
    },
    close() {
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}
