import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diffText } from '../../../report/diff/text';
import { CHANGES } from './changes';
import { BASE, fleetBetween } from './fleet';

const folder = join(__dirname, 'golden');
const UPDATES = process.env['UPDATE_GOLDEN'] === '1';

/** Each change as `strata diff` prints it, and its revert. */
const told = CHANGES.map((change) => {
  const after = change.edits.reduce((targets, edit) => edit(targets), BASE);
  const fleets = [fleetBetween(BASE, after), fleetBetween(after, BASE)] as const;
  const [there, back] = fleets.map((fleet) => diffText(fleet, { color: false, all: false }));
  return { ...change, fleets, text: `${there}\n\n======== and back ========\n\n${back}\n` };
});

if (UPDATES) {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  for (const { name, text } of told) writeFileSync(join(folder, `${name}.txt`), text);
}

test('every change has a golden file of its name, and there is no other', () => {
  expect(readdirSync(folder).sort()).toEqual(told.map(({ name }) => `${name}.txt`).sort());
});

describe.each(told.map((change) => [change.name, change] as const))(
  '%s',
  (name, { class: [there, back], fleets, text }) => {
    test('is of the class that a person gave it, and so is its revert', () => {
      expect(fleets.map((fleet) => fleet.class)).toEqual([there, back]);
    });
    test('is told as its golden file has it (UPDATE_GOLDEN=1 writes it anew)', () => {
      expect(text).toBe(readFileSync(join(folder, `${name}.txt`), 'utf8'));
    });
  },
);
