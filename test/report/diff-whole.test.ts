import { diffHtml } from '../../report/diff/html';
import { diffMarkdown } from '../../report/diff/markdown';
import { replace, retire } from '../diff/history/edits';
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

test('pods that are replaced are told under their own title, and the way back alone under its own', () => {
  expect(diffMarkdown(fleet)).toContain('<summary>the way back</summary>');
  expect(diffHtml(fleet)).toContain('<h2>The way back</h2>');
  const rolled = fleetBetween(BASE, replace('web', 'image: ', 'image: mirror.example.com/')(BASE));
  expect(diffMarkdown(rolled)).toContain('<summary>rolling out</summary>');
  expect(diffHtml(rolled)).toContain('<h2>Rolling out</h2>');
});
