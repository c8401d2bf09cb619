import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '../../diff/risk/rules';
import { risksReference } from '../../docs/generate-risks';
import { followDocument } from './follow';
import { run } from './whole';

const file = join(__dirname, '../../docs/risks.md');

test('docs/risks.md describes the rules (npm run docs renews it)', () => {
  const generated = risksReference(rules);
  if (process.env['UPDATE_DOCS'] !== undefined) writeFileSync(file, generated);
  expect(readFileSync(file, 'utf8')).toBe(generated);
});

describe('somebody who does what docs/diff.md says', () => {
  followDocument('docs/diff.md', {
    before: (project) =>
      run(
        project,
        "git init --quiet && git add --all -- . ':!node_modules' && git -c user.name=a -c user.email=a@example.com commit --quiet --message first",
      ),
  });
});
