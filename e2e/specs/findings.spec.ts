/** Every kind of finding as it is met: its evidence, its rows, and its mend, clicked until there is nothing left to mend. */
import { look } from '../fixtures/look.ts';
import { png } from '../fixtures/png.ts';
import { expect, test, type Workspace } from '../fixtures/test.ts';
import { NotebookPage } from '../pages/notebook-page.ts';

const notebookOf = (id: string, code: string) =>
  `---\nepochbook: 1\ntitle: ${id}\n---\n\`\`\`ts data #${id}\n${code}\n\`\`\`\n\n\`\`\`ts train #fit\ntrain({ epochs: 1 })\n\`\`\`\n`;

/** A number in 0…1 that looks drawn. */
const drawn = (index: number) => Math.abs(Math.sin((index + 1) * 12.9898) * 43_758.5453) % 1;

async function writePets(workspace: Workspace): Promise<void> {
  const picture = (seed: number) =>
    png(
      6,
      6,
      Uint8Array.from({ length: 108 }, (_, index) => Math.floor(drawn(seed * 108 + index) * 256)),
    );
  let seed = 0;
  for (const [name, count] of Object.entries({ dog: 40, cat: 24, Cat: 6, bird: 3, '7': 2 }))
    for (let index = 0; index < count; index += 1) workspace.write(`pets/${name}/${index}.png`, await picture((seed += 1)));
  workspace.write('pets/dog/again.png', await picture(3));
  workspace.write('pets/cat/not-a-cat.png', await picture(5));
  workspace.write('pets/cat/torn.png', (await picture(900)).subarray(0, 90));
  workspace.write('pets/notes.txt', 'to be sorted');
}

/** What people's tables are like. */
function writePeople(workspace: Workspace): void {
  const names = ['id', 'unit', 'remark', 'code', 'colour', 'age', 'height', 'income', 'class'];
  const rows = Array.from({ length: 320 }, (_, row) => {
    const label = row % 80 === 9 ? 'rare' : row % 7 === 1 ? 'Yes' : row % 97 === 5 ? '1' : drawn(row) > 0.5 ? 'yes' : 'no';
    const colour = ['red', 'Red', 'green', 'green'][row % 4];
    const age = row % 40 === 3 ? -999 : 20 + Math.floor(drawn(row + 500) * 50);
    const height = row === 77 ? 17_500 : 150 + Math.floor(drawn(row + 900) * 40);
    const code = `c${['no', 'yes', 'Yes', 'rare', '1'].indexOf(label)}`;
    return [row, 'cm', row % 9 === 0 ? drawn(row).toFixed(3) : '', code, colour, age, height, Math.floor(drawn(row + 70) * 90_000), label];
  });
  workspace.write('people.csv', [names, ...rows, ...rows.slice(0, 6)].map((row) => row.join(',')).join('\n'));
}

interface Walk {
  readonly id: string;
  readonly code: string;
  readonly write: (workspace: Workspace) => void | Promise<void>;
  /** Claims with a mend, and those that say there is none. */
  readonly mended: readonly RegExp[];
  readonly left: readonly RegExp[];
}

const walks: readonly Walk[] = [
  {
    id: 'pets',
    code: "data\n  .imageFolder('pets', { damaged: 'skip', scale: 1 })\n  .split({ validation: 0.2, seed: 4 })",
    write: writePets,
    mended: [
      /The model sees values from 0 to 255/,
      /“cat”, “Cat” are taken for different classes/,
      /“7” .*among labels that are words/,
      /(classes have very few samples|The class bird has 3 samples)/,
      /in the training part (as well|twice)/,
      /the same as another but of a different class/,
    ],
    left: [/One file is not used/, /One picture is damaged and left out/],
  },
  {
    id: 'people',
    code: "data.csv('people.csv').target('class').impute().oneHot().split({ validation: 0.2, seed: 1 })",
    write: writePeople,
    mended: [
      /The column “id” only numbers or names the rows/,
      /The column “unit” has the same value on every row/,
      /The column “remark” is missing on/,
      /The column “code” alone tells “class”/,
      /In the column “colour”, “red”, “Red” are taken/,
      /The column “age” says -999/,
      /The column “height” has one value far beyond/,
      /very different ranges/,
      /“yes”, “Yes” are taken for different classes/,
      /“1” .*among labels that are words/,
      /The class rare has|classes have very few samples/,
    ],
    left: [],
  },
];

for (const { id, code, write, mended, left } of walks)
  test(`what is odd in ${id} is shown and mended, click by click`, async ({ open, workspace, shell }) => {
    test.slow();
    await write(workspace);
    workspace.write(`${id}.epoch.md`, notebookOf(id, code));
    const { page } = await open(`${id}.epoch.md`);
    const notebook = new NotebookPage(page);
    await notebook.shows(id);
    await notebook.isFresh(id);
    const findings = notebook.cell(id).getByRole('list', { name: 'Findings' }).getByRole('listitem');
    await look(page, shell, `findings-${id}`);

    for (const evidence of await findings.locator('.evidence').all()) await expect(evidence).not.toBeEmpty();
    const seen: string[] = [];
    for (let clicks = 0; clicks < 20; clicks += 1) {
      seen.push(...(await findings.allTextContents()));
      const mendable = findings.filter({ has: page.getByRole('button', { name: /^(Add|Set) / }) });
      if ((await mendable.count()) === 0) break;
      const claim = (await mendable.first().locator('b').textContent()) ?? '';
      const mend = mendable.first().getByRole('button', { name: /^(Add|Set) / });
      const name = (await mend.textContent()) ?? '';
      await mend.click();
      await expect(findings.filter({ hasText: claim }).getByRole('button', { name, exact: true })).toHaveCount(0);
      await notebook.isFresh(id);
    }
    expect([...mended, ...left].filter((claim) => !seen.some((text) => claim.test(text)))).toEqual([]);
    expect((await findings.allTextContents()).map((text) => left.findIndex((claim) => claim.test(text)))).toEqual([...left.keys()]);

    await notebook.cell(id).locator('.view-lines').click();
    await page.keyboard.press('ControlOrMeta+z');
    await expect(findings.getByRole('button', { name: /^(Add|Set) / })).not.toHaveCount(0);
  });
