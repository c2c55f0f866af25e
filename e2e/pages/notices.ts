/** The notices at the foot of the window. */
import type { Locator, Page } from 'playwright/test';

export function notice(page: Page, text: string | RegExp): Locator {
  return page.getByRole('status').locator('.toast').filter({ hasText: text });
}

/** Takes back what this notice tells of: others may stand beside it. */
export async function undo(page: Page, text: string | RegExp): Promise<void> {
  await notice(page, text).getByRole('button', { name: 'Undo' }).press('Enter');
}
