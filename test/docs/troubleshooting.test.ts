import { followDocument } from './follow';

describe('docs/troubleshooting.md shows what leads to an error, the message and the way out:', () => {
  followDocument('docs/troubleshooting.md');
});
