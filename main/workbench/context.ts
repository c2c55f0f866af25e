/** What the handlers share. */
import type { ForkTask } from '#store/maintenance.ts';
import type { Settings } from '#contract/calls.ts';
import type { Emit } from '#contract/events.ts';
import type { Store } from '#store/store.ts';
import type { ForkTrainer, TrainerHost } from '#trainer/host.ts';

/** Of more runs that change at once, the list is told of. */
export const toldOneByOne = 50;

export interface ShellFunctions {
  readonly name: 'desktop' | 'browser' | 'cli';
  /** The system's own dialog; undefined where it was dismissed. */
  readonly chooseFolder?: (title: string) => Promise<string | undefined>;
  readonly showItem?: (path: string) => void;
}

export interface WorkbenchOptions {
  /** The workspace: absolute, and there. */
  readonly folder: string;
  /** The notebook to open first, in the workspace. */
  readonly notebook?: string | undefined;
  /** Puts the first sample into the workspace and opens it. */
  readonly wantsSample?: boolean | undefined;
  readonly fork: ForkTrainer;
  /** For what takes a while on a whole database; default: a child process of Node. */
  readonly forkTask?: ForkTask;
  /** Absolute; holds samples.json. */
  readonly samplesFolder: string;
  /** Absolute. */
  readonly settingsFile: string;
  readonly version: string;
  readonly shell: ShellFunctions;
}

export interface Context {
  readonly options: WorkbenchOptions;
  readonly trainer: TrainerHost;
  readonly emit: Emit;
  settings(): Settings;
  /** The workspace's folder. */
  folder(): string;
  /** Opened on first use, so that a look at a notebook makes no files. */
  store(): Store;
}
