/** The table of runs and what is below it. */
import type { Locator, Page } from 'playwright/test';

export class RunsPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  grid(): Locator {
    return this.page.getByRole('grid', { name: 'Runs' });
  }

  /** The titles of the columns, that of the names first; without the marks of their order. */
  async heads(): Promise<string[]> {
    const titles = await this.page.getByRole('columnheader').allTextContents();
    return titles.slice(1).map((title) => title.replace(/ [↑↓]\d*$/, ''));
  }

  /** Of the rows on the page, from the top. */
  async names(): Promise<string[]> {
    return (await this.rows().locator('.run-name .clip').allTextContents()).map((name) => name.trim());
  }

  /** The rows that are chosen, as far as they are on the page. */
  chosen(): Locator {
    return this.page.getByRole('row', { selected: true });
  }

  async open(): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Runs' }).click();
  }

  rows(): Locator {
    return this.grid()
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

  /** A setting or metric, among what differs. */
  row(name: string | RegExp): Locator {
    return this.page
      .getByRole('region', { name: 'What differs' })
      .getByRole('row')
      .filter({ has: this.page.getByRole('rowheader', { name, exact: typeof name === 'string' }) });
  }

  /** A row's cells, in the order of the runs, once it is there. */
  async values(name: string | RegExp): Promise<string[]> {
    const cells = this.row(name).getByRole('cell');
    await cells.first().waitFor();
    return (await cells.allTextContents()).map((text) => text.trim());
  }
}
