import { composition } from 'strata';
import { matrix } from './environments/matrix';
import { site } from './platform';

/** A static site in three regions, for review and for its readers. */
export default composition({ ...site, matrix });
