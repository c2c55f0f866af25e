import { expect, type Locator, type Page } from 'playwright/test';

export class ExportDialog {
  readonly dialog: Locator;
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    this.dialog = page.getByRole('dialog', { name: /^(Export the model|Model exported)$/ });
  }

  /** Writes into a folder, and gives what the dialog says of the check. */
  async write(folder: string): Promise<string> {
    await this.dialog.getByRole('textbox', { name: 'Folder' }).fill(folder);
    await this.dialog.getByRole('button', { name: 'Export', exact: true }).click();
    await expect(this.page.getByRole('dialog', { name: 'Model exported' })).toBeVisible({ timeout: 60_000 });
    return (await this.dialog.getByRole('status').textContent()) ?? '';
  }

  async close(): Promise<void> {
    await this.dialog.getByRole('button', { name: 'Done' }).click();
  }
}
