/** The table of runs and what is below it. */
import type { Locator, Page } from 'playwright/test';

export class RunsPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  rows(): Locator {
    return this.page
      .getByRole('grid', { name: 'Runs' })
      .getByRole('row')
      .filter({ has: this.page.getByRole('gridcell') });
  }

  row(name: string): Locator {
    return this.rows().filter({ hasText: name });
  }

  async choose(...names: string[]): Promise<void> {
    for (const name of names) await this.page.getByRole('checkbox', { name: `Choose ${name}`, exact: true }).check();
  }

  async compare(): Promise<void> {
    await this.page
      .getByRole('toolbar', { name: 'Runs' })
      .getByRole('button', { name: /^Compare/ })
      .click();
  }
}

export class ComparisonPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  title(): Locator {
    return this.page.getByRole('heading', { level: 1, name: /side by side$/ });
  }

  /** A setting's or metric's cells, in the order of the runs. */
  async values(name: string | RegExp): Promise<string[]> {
    const row = this.page
      .getByRole('region', { name: 'What differs' })
      .getByRole('row')
      .filter({ has: this.page.getByRole('rowheader', { name, exact: typeof name === 'string' }) });
    return (await row.getByRole('cell').allTextContents()).map((text) => text.trim());
  }
}
