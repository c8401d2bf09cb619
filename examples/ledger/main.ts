import { composition } from 'strata';
import { matrix } from './environments/matrix';
import { ledger } from './platform';

/** An app that keeps its data in Postgres, with migrations and backups. */
export default composition({ ...ledger, matrix });
