import type { Platform, Port } from 'strata';
import { Controller, Credentials, Probe, Volume, Workload } from 'strata';

export const POSTGRES = 'docker.io/library/postgres:17.6';
export const STORAGE = 'standard';
const USER = 'ledger';

/** One Postgres with one database and one user. Whoever connects as PG finds it by libpq's own variables. */
export function postgres(platform: Platform): Port {
  const component = platform.component('postgres');
  const { namespace } = platform;
  const source = platform.credentials('1');
  const credentials = new Credentials(component, 'postgres-credentials', { namespace, files: () => ({}), source });
  const password = credentials.passwordOf(USER);
  const answers = ['pg_isready', '-U', USER, '-h', '127.0.0.1'];
  const workload = new Workload(component, 'postgres', {
    namespace,
    controller: Controller.statefulSet({ claims: [{ name: 'data', size: '1Gi', storageClass: STORAGE }] }),
    pod: {
      user: 999,
      terminationGracePeriod: 60,
      container: {
        name: 'postgres',
        image: POSTGRES,
        ports: { postgres: 5432 },
        resources: { cpu: '100m', memory: '256Mi', memoryLimit: '512Mi' },
        env: { POSTGRES_USER: USER, POSTGRES_PASSWORD_FILE: `/etc/password/${USER}`, PGDATA: '/data/pg' },
        mounts: [
          password.at('/etc/password'),
          Volume.claim('data').at('/data', { writable: true }),
          Volume.scratch('run', '8Mi').at('/var/run/postgresql', { writable: true }),
        ],
        probes: {
          startup: Probe.exec(answers, { every: 2, failures: 60 }),
          readiness: Probe.exec(answers),
          liveness: Probe.exec(answers, { failures: 6 }),
        },
      },
    },
  });
  return workload.port('postgres').asks(() => ({
    env: { PGUSER: USER, PGDATABASE: USER, PG_PASSWORD_FILE: `/etc/pg-password/${USER}` },
    mounts: [password.at('/etc/pg-password')],
  }));
}
