/** Names of calls and events, without the validator: all that the preload script needs. */
export const callNames = [
  'app.info',
  'settings.get',
  'settings.set',
  'workspace.get',
  'workspace.open',
  'workspace.makeFolder',
  'workspace.rename',
  'workspace.remove',
  'workspace.restore',
  'workspace.upload',
  'workspace.cancelUpload',
  'workspace.columns',
  'places.list',
  'places.remember',
  'workspace.readImage',
  'samples.list',
  'samples.open',
  'backends.list',
  'notebook.open',
  'notebook.create',
  'notebook.save',
  'notebook.journal',
  'notebook.answerDraft',
  'notebook.versions',
  'notebook.report',
  'notebook.check',
  'notebook.estimate',
  'data.look',
  'data.rows',
  'data.profile',
  'data.pictures',
  'data.channels',
  'data.batch',
  'data.closeLook',
  'data.cache',
  'language.typings',
  'training.start',
  'training.pause',
  'training.resume',
  'training.stop',
  'runs.resume',
  'runs.fork',
  'runs.reproduce',
  'runs.reproduction',
  'runs.list',
  'runs.find',
  'runs.get',
  'runs.notebook',
  'runs.data',
  'runs.observations',
  'runs.compare',
  'runs.diagnose',
  'runs.update',
  'runs.delete',
  'runs.restore',
  'runs.organize',
  'runs.purge',
  'runs.export',
  'runs.importFolder',
  'runs.exportData',
  'runs.curves',
  'runs.views',
  'runs.saveView',
  'runs.removeView',
  'store.space',
  'store.shrink',
  'store.backup',
  'store.check',
  'store.rescue',
  'job.cancel',
  'shell.chooseFolder',
  'shell.showItem',
] as const;
export type CallName = (typeof callNames)[number];

export const eventNames = [
  'training.progressed',
  'training.observed',
  'training.epochEnded',
  'runs.changed',
  'runs.removed',
  'runs.listChanged',
  'job.progressed',
  'store.checked',
  'notebook.changedOnDisk',
  'workspace.changed',
  'check.progressed',
  'data.progressed',
] as const;
export type EventName = (typeof eventNames)[number];

/** The one channel calls go through, and the one events come from. */
export const callChannel = 'epochbook:call';
export const eventChannel = 'epochbook:event';

/** What a shell gives the page: `window.epochbook` on the desktop, a WebSocket client in a browser. */
export interface Bridge {
  readonly shell: 'desktop' | 'browser';
  call(name: CallName, request: unknown): Promise<unknown>;
  /** Returns a function that ends the subscription. */
  listen(listener: (name: EventName, payload: unknown) => void): () => void;
}
