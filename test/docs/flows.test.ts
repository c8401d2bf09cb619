import { flows } from '../../cli/tables';
import { readRepository } from '../support/repository';
import { blocksOf } from '../support/walkthrough';
import { followDocument } from './follow';

const MANIFESTS = blocksOf(readRepository('docs/flows.md')).find(({ info }) => info === 'shop.yaml')!.content;

describe('somebody who asks what docs/flows.md asks', () => {
  followDocument('docs/flows.md', {
    // Every section is about the manifests of the first one.
    before: (project) => project.write('shop.yaml', MANIFESTS),
  });
});

test('every form of the list is named', () => {
  const formats = flows.options.format.choices.filter((format) => format !== 'text');
  const text = readRepository('docs/flows.md');
  expect(formats.filter((format) => !new RegExp(`\\b${format}\``).test(text))).toEqual([]);
});
