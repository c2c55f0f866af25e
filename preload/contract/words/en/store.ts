export const store = {
  'store.diskFull': 'The disk is full: “{path}” could not be written. Free some space and try again; what was stored before is kept.',
  'store.readOnly': '“{path}” cannot be written: the folder or disk is read-only. Allow writing, or choose another workspace.',
  'store.damaged':
    '“{path}” is damaged and cannot be read. `epochbook store rescue`, or “Storage” in the app, saves what can be saved and names the rest; or put back a copy from the folder “backups” beside it.',
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
  'store.notInBin': 'The run “{name}” is not in the bin. Delete it first.',
  'store.busyTraining': 'Runs are training. Stop them, or wait until they are done, and try again.',
  'job.cancelled': 'Stopped. What was done until then is kept.',

  'query.endTooSoon': 'The expression ends too soon. Example: status = completed and metrics.val_loss.min < 0.4',
  'query.openQuote': 'This quote is never closed.',
  'query.unknownMark':
    '“{found}” has no meaning here. Put texts that are not plain words in quotes, and join comparisons with “and” or “or”.',
  'query.wantsField': 'Here stands “{found}”; a comparison begins with a field such as status, params.units or metrics.val_loss.min.',
  'query.wantsName': 'Here stands “{found}”; after the dot comes a name.',
  'query.wantsParam': 'params is followed by a dot and one knob’s name: params.units.',
  'query.wantsMetric': 'metrics is followed by a metric’s name and, if you like, last, min or max: metrics.val_loss.min.',
  'query.wantsValue': 'Here stands “{found}”; after the operator comes a number or a text.',
  'query.wantsOperator': 'Here stands “{found}”; after a field comes =, !=, <, <=, >, >= or ~.',
  'query.wantsClosing': 'Here stands “{found}”; a closing parenthesis is missing.',
  'query.wantsJoin': 'Here stands “{found}”; comparisons are joined with “and” or “or”.',
  'query.unknownField': 'There is no field “{found}”. The fields are: {known}.',
  'query.unknownFieldNear': 'There is no field “{found}”. Did you mean “{near}”?',
  'query.unknownPart': 'A metric has no “{found}”. It has: {known}.',
  'query.noParts': '“{field}” has no parts: leave out the dot and what follows it.',
  'query.tooDeep': 'The expression is nested too deeply.',
} as const;
