import { composition } from 'strata';
import { matrix } from './environments/matrix';
import { spec } from './platform';

/** What `cdk8s synth` and `strata` render. */
export default composition({ ...spec, matrix });
