export const store = {
  'store.diskFull': 'The disk is full: “{path}” could not be written. Free some space and try again; what was stored before is kept.',
  'store.readOnly': '“{path}” cannot be written: the folder or disk is read-only. Allow writing, or choose another workspace.',
  'store.damaged':
    '“{path}” is damaged and cannot be read. Put back a copy from the folder “backups” beside it, or move the file away to start with an empty list of runs.',
  'store.busy': '“{path}” is in use by another program that does not let go of it. Close that program and try again.',
  'store.fromTheFuture':
    '“{path}” was written by a newer Epochbook (form {found}, this one knows {known}). Update Epochbook to open it; nothing was changed.',
  'store.workspaceLocked':
    'Another Epochbook has the workspace “{folder}” open (process {pid} on {host}). Use that window, or close it and try again.',
  'store.runMissing': 'There is no run “{run}” here. `epochbook runs` lists them.',
  'store.runAmbiguous': '“{run}” could be several runs: {matches}. Give more of the id.',
  'store.noRuns': 'There is no run here yet.',
  'store.nameTaken': 'Another run is already called “{name}”. Choose a different name.',
  'store.runActive': 'The run “{name}” is still going on. Stop it first.',
} as const;
