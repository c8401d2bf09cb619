import { readRepository } from '../support/repository';
import { blocksOf } from '../support/walkthrough';
import { followDocument } from './follow';

const FILES = blocksOf(readRepository('docs/verify.md')).filter(
  ({ language, info }) => language === 'yaml' && ['k8s/shop.yaml', 'elsewhere.yaml', 'cluster.yaml'].includes(info),
);

describe('somebody who reads docs/verify.md for the first time', () => {
  followDocument('docs/verify.md', {
    // The shop goes through the page, and so do the answers once they are given.
    before: (project) => {
      for (const { info, content } of FILES) project.write(info, content);
    },
  });
});

describe('somebody who looks something up in docs/verify-reference.md', () => {
  followDocument('docs/verify-reference.md');
});

test('docs/verify.md can be read in five minutes', () => {
  const prose = readRepository('docs/verify.md').replace(/^```[\s\S]*?^```$/gm, '');
  // Some 130 words of technical prose in a minute, and the examples are looked at between them.
  expect(prose.split(/\s+/).length).toBeLessThan(650);
});
