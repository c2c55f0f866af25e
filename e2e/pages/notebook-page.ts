/** The notebook as a user sees it: cells by their id, controls by their names. */
import { expect, type Locator, type Page } from 'playwright/test';

export class NotebookPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** The notebook is on the screen, by its title. */
  async shows(title: string): Promise<void> {
    await expect(this.page.getByRole('textbox', { name: 'Title of the notebook' })).toHaveValue(title, { timeout: 60_000 });
  }

  cell(id: string): Locator {
    return this.page.getByRole('group', { name: new RegExp(`^(data|model|train|code) cell ${id}$`) });
  }

  state(id: string): Locator {
    return this.page.getByRole('status', { name: new RegExp(`^Cell ${id}: `) });
  }

  async isFresh(id: string): Promise<void> {
    await expect(this.state(id)).toHaveAccessibleName(`Cell ${id}: fresh`, { timeout: 60_000 });
  }

  /** Puts a text in place of a cell's, as one paste: typed, the editor would add brackets and spaces of its own. */
  async replaceText(id: string, text: string): Promise<void> {
    await this.cell(id).scrollIntoViewIfNeeded();
    await expect(this.cell(id).locator('.monaco-editor')).toBeVisible();
    await this.cell(id).locator('.monaco-editor .view-lines').click();
    await expect(this.cell(id).locator('.monaco-editor.focused')).toBeVisible();
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.evaluate((pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', pasted);
      document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }

  /** What is wrong with a cell, shown under it. */
  error(id: string): Locator {
    return this.cell(id).getByRole('alert');
  }

  private knobs(): Locator {
    return this.page.getByRole('group', { name: 'Knobs' });
  }

  knob(name: string): Locator {
    return this.knobs().getByRole('textbox', { name, exact: true });
  }

  async setKnob(name: string, value: string): Promise<void> {
    // Away from the view its value is told, and there is no field.
    await this.knobs().filter({ hasText: name }).scrollIntoViewIfNeeded();
    await this.knob(name).fill(value);
    await this.knob(name).press('Enter');
    await expect(this.knob(name)).toHaveValue(value);
  }

  async runAll(): Promise<void> {
    await this.page.getByRole('banner').getByRole('button', { name: 'Run all' }).click();
  }

  /** Runs all once more: what came of the run before stands there until the new one is. */
  async runAllAgain(): Promise<void> {
    const before = (await this.run().getAttribute('aria-label')) ?? '';
    await this.runAll();
    await expect(this.run()).not.toHaveAttribute('aria-label', before, { timeout: 60_000 });
  }

  /** The newest run of the train cell, going on or ended. */
  run(): Locator {
    return this.page.getByRole('region', { name: /^Run .+ of / });
  }

  /** While a run goes on: which epoch it is in. */
  stage(): Locator {
    return this.run().locator('.run-stage');
  }

  /** Waits until a run of so many epochs is in this one or a later: one alone may be over between two looks. */
  async reaches(epoch: number, epochs: number): Promise<void> {
    const current = async (): Promise<number> => {
      const [, found, planned] = /^epoch (\d+) of (\d+)$/.exec((await this.stage().textContent()) ?? '') ?? [];
      return Number(planned) === epochs ? Number(found) : 0;
    };
    await expect.poll(current, { timeout: 60_000, intervals: [100] }).toBeGreaterThanOrEqual(epoch);
  }

  async runEnds(state: string | RegExp): Promise<void> {
    await expect(this.run().locator('.run-end')).toHaveText(state, { timeout: 90_000 });
  }

  /** The last epoch that the run's chart of the loss shows; 0 before the first. */
  async epochsDrawn(): Promise<number> {
    return Number((await this.run().getByRole('slider', { name: 'Loss' }).getAttribute('aria-valuemax')) ?? 0);
  }

  /** Waits for the moment when a run is in this stage and its chart of the loss ends with this epoch: on a quick machine it is short. */
  async isSeen(stage: string, epoch: number): Promise<void> {
    const bothAre = ([text, last]: readonly [string, string]): boolean => {
      const chart = document.querySelector('[role=slider][aria-label^="Loss"]');
      return document.querySelector('.run-stage')?.textContent === text && chart?.getAttribute('aria-valuemax') === last;
    };
    await this.page.waitForFunction(bothAre, [stage, String(epoch)] as const, { timeout: 60_000 });
  }

  /** From the list at the side, by the file's name without its ending. */
  async open(name: string): Promise<void> {
    await this.page.getByRole('region', { name: 'Workspace', exact: true }).getByRole('treeitem', { name, exact: false }).click();
  }

  async goTo(view: 'Notebook' | 'Runs'): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: view }).click();
  }
}
