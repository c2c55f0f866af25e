export const sweep = {
  'sweep.noKnobs':
    "There is nothing to search: no knob has a range. Give one in the text, such as param(’units’, 16, '{' min: 4, max: 64 '}'), or for the sweep.",
  'sweep.range':
    'The knob “{name}” cannot be searched from {min} to {max}{log, select, true { on a logarithmic scale} other {}}: the first must be smaller than the second{log, select, true { and above 0} other {}}.',
  'sweep.knobUnknown': 'The notebook has no knob “{name}”. It has {names}.',
  'sweep.metricMissing': 'The runs do not report “{metric}”, which the sweep is to be judged by. They report {names}.',
  'sweep.missing': 'There is no sweep “{sweep}” here.',
  'sweep.running': 'The sweep “{name}” is going on already.',
  'sweep.elsewhere': 'The sweep “{name}” belongs to another process, such as a command in a terminal. Stop it there.',
  'sweep.done':
    'The sweep “{name}” has made all its {trials, plural, one {# trial} other {# trials}}. Say how many it is to have in all to go on.',
  'sweep.busy': 'A sweep is going on. Wait for its end, or stop it first.',
  'cli.sweep': 'Searches the knobs of a notebook: each trial is a run.',
  'cli.argument.sweepFile': 'the notebook, NAME.epoch.md; left out with --resume',
  'cli.option.trials': 'how many trials there are to be in all',
  'cli.option.sampler': 'tpe (default), random, sobol, latin or grid',
  'cli.option.pruner': 'what gives trials up early: none (default), median, asha or hyperband',
  'cli.option.sweepMetric': 'what a trial’s best epoch is judged by (default: val_loss)',
  'cli.option.direction': 'min or max (default: as the metric’s name says)',
  'cli.option.sweepSeed': 'for the choice of values (default: 0)',
  'cli.option.workers': 'trials at once; they share the threads (default: 1)',
  'cli.option.budget': 'no trial goes on after this time: 90s, 30m, 2h',
  'cli.option.range':
    'search a knob there: NAME=MIN..MAX, with “:STEP”, “:log” or “:whole” behind, or NAME=A,B,C; repeat for more (default: its range in the text)',
  'cli.option.only': 'search this knob alone; repeat for more',
  'cli.option.resumeSweep': 'go on with a sweep: its id, its name, or latest',
  'cli.rangeForm': '“{value}” is not of the form NAME=MIN..MAX, NAME=MIN..MAX:STEP, NAME=MIN..MAX:log or NAME=A,B,C.',
  'cli.budgetForm': '“{value}” is no span of time. Say for example 90s, 30m or 1h30m.',
  'cli.badName': '“{value}” cannot be the value of {option}: {names} are wanted.',
  'cli.sweepWhat': 'Name a notebook and --trials, or a sweep with --resume.',
  'cli.sweepStarted':
    '{name} ({id}): {trials, plural, one {# trial} other {# trials}} by {sampler}{pruner, select, none {} other {, given up by {pruner}}}, {direction, select, max {largest} other {smallest}} {metric}, {workers, plural, one {# worker} other {# workers}}, seed {seed}',
  'cli.sweepKnob': '  {name}: {range}',
  'cli.sweepTrial':
    'trial {trial}/{trials}  {params}  {status, select, completed {{metric} {value} in epoch {epoch}} failed {failed} diverged {diverged: {metric} {value}} other {{reason, select, pruned {given up after {epochs, plural, one {# epoch} other {# epochs}}: {metric} {value}} other {stopped: {metric} {value}}}}}{best, select, yes {  best so far} other {}}',
  'cli.sweepStopping': 'Stopping the trials; what they came to is kept. “epochbook sweep --resume {name}” goes on.',
  'cli.sweepEnded':
    '{status, select, completed {Done} stopped {Stopped} failed {Failed} other {Ended}}{reason, select, exhausted {: the grid has no more points} budget {: the time is up} other {}}: {completed, plural, one {# trial} other {# trials}} trained to the end, {pruned, number} given up, {failed, number} failed or stopped',
  'cli.sweepRuns': 'Its runs: epochbook runs --where "tags has {tag}" --sort {metric}',
  'cli.word.trial': 'trial',
} as const;
