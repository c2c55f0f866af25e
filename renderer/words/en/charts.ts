export const charts = {
  'chart.atX': '{axis} {x}',
  'chart.empty': 'No epoch yet.',
  'chart.failed': 'The chart could not be loaded. Reload the window.',
  'chart.keys':
    'Left and right move between epochs, with Shift the view; plus and minus zoom, brackets set the view’s ends at the cursor, 0 shows all, Enter brings out the best line.',
  'chart.more': 'and {count} more',
  'chart.decimated': 'Drawn from {points} points as {drawn}: every low and high is kept.',
  'chart.noNumber': 'No value is a finite number.',
  'chart.noneAbove0': 'No point is above 0: on a logarithmic axis none has a place.',
  'chart.notAbove0': 'On a logarithmic axis, points at 0 and below it have no place.',
  'chart.savePicture': 'Save as picture',
  'chart.whole': 'Show all epochs',
  'chart.summary': '{lines, plural, one {# line} other {# lines}}, epochs {first} to {last}.',
  'chart.summaryLine': '{name}: {first} at first, {last} at last, best {best} at epoch {epoch}.',
} as const;
