import type { PlatformSpec } from 'strata';
import { app, backup, migrations } from './workloads/clients';
import { postgres } from './workloads/postgres';

/** Three clients of one database; each connection says so here, and nothing else may connect. */
export const ledger: PlatformSpec = {
  name: 'ledger',
  compose: (platform) => {
    const port = postgres(platform);
    for (const client of [migrations(platform), app(platform), backup(platform)]) client.connectsTo(port, { as: 'PG' });
  },
};
