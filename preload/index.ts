/** What the page may do: name a call, and listen. Requests are parsed in the core; here only the name is looked at. */
import { contextBridge, ipcRenderer } from 'electron';
import { type Bridge, callChannel, type CallName, callNames, eventChannel, type EventName } from './contract/names.ts';

const known: ReadonlySet<string> = new Set(callNames);

const bridge: Bridge = Object.freeze({
  shell: 'desktop' as const,
  async call(name: CallName, request: unknown): Promise<unknown> {
    if (!known.has(name)) throw new TypeError(`There is no call ${JSON.stringify(name)}.`);
    return await ipcRenderer.invoke(callChannel, name, request);
  },
  listen(listener: (name: EventName, payload: unknown) => void): () => void {
    const forward = (_event: unknown, name: EventName, payload: unknown) => {
      listener(name, payload);
    };
    ipcRenderer.on(eventChannel, forward);
    return () => {
      ipcRenderer.off(eventChannel, forward);
    };
  },
});

contextBridge.exposeInMainWorld('epochbook', bridge);
