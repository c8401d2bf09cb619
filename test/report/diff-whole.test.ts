import { diffHtml } from '../../report/diff/html';
import { diffMarkdown } from '../../report/diff/markdown';
import { retire } from '../diff/history/edits';
import { BASE, fleetBetween } from '../diff/history/fleet';

const fleet = fleetBetween(BASE, retire('west')(BASE));

test('a comment on a pull request tells targets that go alike once, with what is lost', () => {
  const text = diffMarkdown(fleet);
  expect(text).toContain('<b>data-loss</b> targets staging@west, prod@west are gone: 24 objects each');
  expect(text).toContain(
    '- data-loss: Namespace/&lt;namespace&gt;: everything in &lt;namespace&gt; is deleted: 21 objects',
  );
  expect(text).toContain('target dev@west is gone: 22 objects');
  expect(text).toContain('- data-loss: Namespace/shop-dev: everything in shop-dev is deleted: 19 objects');
});

test('so does the page', () => {
  expect(diffHtml(fleet)).toContain('<li>data-loss: Namespace/shop-dev: everything in shop-dev is deleted');
});
