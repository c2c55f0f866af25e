import { errorTextNow } from '../words/errors.ts';
import { toast } from './toast-store.ts';

/** Does it, or says in a notice why it could not be done. Whether it was. */
export async function attempt(action: () => Promise<unknown>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    toast({ text: errorTextNow(error), tone: 'bad' });
    return false;
  }
}
