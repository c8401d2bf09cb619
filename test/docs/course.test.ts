import { followDocument } from './follow';

describe('docs/course.md does each lab of the course, and shows what one sees:', () => {
  followDocument('docs/course.md');
});
