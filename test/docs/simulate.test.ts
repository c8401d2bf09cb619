import { readRepository } from '../support/repository';
import { blocksOf } from '../support/walkthrough';
import { followDocument } from './follow';

const blocks = blocksOf(readRepository('docs/simulate.md'));

describe('somebody who asks what docs/simulate.md asks', () => {
  followDocument('docs/simulate.md', {
    // Every section is about the cluster and the manifests of the first one.
    before: (project) => {
      for (const name of ['cluster.yaml', 'shop.yaml'])
        project.write(name, blocks.find(({ info }) => info === name)!.content);
    },
  });
});
