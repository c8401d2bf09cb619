import { composition } from 'strata';
import { delivery } from './environments/delivery';
import { matrix } from './environments/matrix';
import { features } from './features/registry';
import { course } from './platform';

/** What `cdk8s synth` and `strata` render. */
export default composition({ ...course, matrix, features, delivery });
