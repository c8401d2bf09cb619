import { followDocument } from './follow';
import { wholeness } from './whole';

describe('a contributor who follows CONTRIBUTING.md to the letter has a platform that is whole:', () => {
  followDocument('CONTRIBUTING.md', { after: wholeness() });
});
