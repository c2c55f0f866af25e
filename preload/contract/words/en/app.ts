export const app = {
  internal: 'Something inside Epochbook went wrong: {detail}. Your notebook and runs are kept; please report this.',
  'request.invalid': 'The request “{call}” was not understood: {detail}',
  'process.ended':
    'The training process ended unexpectedly ({detail}). Every epoch shown is kept; run again, or resume from the last checkpoint.',
} as const;
