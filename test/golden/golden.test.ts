import course from '../../main';
import { testGolden } from '../../testing';

testGolden(course, { folder: __dirname, base: 'dev@kind', ignoreLabels: ['environment', 'student'] });
