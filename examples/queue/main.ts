import { composition } from 'strata';
import { matrix } from './environments/matrix';
import { queue } from './platform';

/** Workers that take jobs from a RabbitMQ whose manifests somebody else wrote. */
export default composition({ ...queue, matrix });
