import * as strata from '../../index';
import { readRepository as read } from '../support/repository';

/** Every import of a recipe that is written for this repository: its names and where they come from. */
const all = [...read('docs/recipes.md').matchAll(/^import \{ ([^}]+) \} from '(\.\.?\/[^']+)';$/gm)].map(
  ([, names, from]) => ({ from: from!, names: names!.split(', ').filter((name) => !name.startsWith('type ')) }),
);
// An image is its name, as the page says.
const imports = all.filter(({ from }) => from !== '../../model/images');

describe('what recipes import, as docs/your-platform.md says it', () => {
  test.each(imports.filter(({ from }) => /^\.\.\/\.\.\/(constructs|model)\/|^\.\.\/feature$/.test(from)))(
    '$names of $from are names of strata',
    ({ names }) => expect(Object.keys(strata)).toEqual(expect.arrayContaining(names)),
  );
  test('is found at all', () => expect(imports.length).toBeGreaterThan(8));
});
