export const frame = {
  'frame.yes': 'yes',
  'frame.no': 'no',
  'frame.percent': '{value} %',
  'frame.milliseconds': '{value} ms',
  'frame.seconds': '{value} s',
  'frame.minutes': '{minutes} min {seconds} s',
  'frame.hours': '{hours} h {minutes} min',
  'frame.today': 'today {time}',
  'frame.yesterday': 'yesterday {time}',
  'frame.close': 'Close',
  'frame.cancel': 'Cancel',
  'frame.undo': 'Undo',
} as const;
