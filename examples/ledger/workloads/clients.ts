import { k8s } from 'cdk8s-plus-28';
import type { ContainerProps, Platform } from 'strata';
import { Config, Controller, Probe, Volume, Workload } from 'strata';
import { POSTGRES, STORAGE } from './postgres';

/** A line of a shell with psql and its kin, which find the database by variables of their own. */
const shell = (line: string) => [
  'sh',
  '-ec',
  `export PGHOST="$PG_HOST" PGPORT="$PG_PORT" PGPASSWORD="$(cat "$PG_PASSWORD_FILE")"\n${line}`,
];

const container = (name: string, line: string, more: Partial<ContainerProps> = {}): ContainerProps => ({
  name,
  image: POSTGRES,
  command: shell(line),
  resources: { cpu: '20m', memory: '64Mi', memoryLimit: '128Mi' },
  ...more,
});

/** Brings the schema up to date. A changed migration is another Job, because its name is the hash of its pods. */
export function migrations(platform: Platform): Workload {
  const component = platform.component('migrations');
  const { namespace } = platform;
  const data = {
    '001.sql': 'create table if not exists entries (at timestamptz not null, amount numeric not null);\n',
  };
  const mounts = [Volume.config(new Config(component, 'migrations', { namespace, data })).at('/migrations')];
  const line =
    'until pg_isready -q; do sleep 1; done; for file in /migrations/*.sql; do psql -v ON_ERROR_STOP=1 -1 -f "$file"; done';
  return new Workload(component, 'migrate', {
    namespace,
    controller: Controller.job({ retries: 10 }),
    pod: { container: container('psql', line, { mounts }) },
  });
}

/** Books an entry each second. Ready while the database answers, so a rollout waits for it. */
export function app(platform: Platform): Workload {
  const line = 'while sleep 1; do psql -qc "insert into entries values (now(), 1)" || echo "not booked"; done';
  const probes = { readiness: Probe.exec(shell('psql -qc "select from entries limit 1"'), { every: 5, timeout: 3 }) };
  return new Workload(platform.component('app'), 'app', {
    namespace: platform.namespace,
    controller: Controller.deployment({ replicas: 2 }),
    pod: { container: container('app', line, { probes }) },
  });
}

/** Dumps the database every night to a volume of its own, and reads the dump back; the last seven are kept. */
export function backup(platform: Platform): Workload {
  const component = platform.component('backup');
  const { namespace } = platform;
  new k8s.KubePersistentVolumeClaim(component, 'dumps', {
    metadata: { name: 'dumps', namespace: namespace.name },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: STORAGE,
      resources: { requests: { storage: k8s.Quantity.fromString('2Gi') } },
    },
  });
  const line = `file=/dumps/$(date +%F).dump
until pg_isready -q; do sleep 1; done
pg_dump --format custom --file "$file"
pg_restore --list "$file" > /dev/null
ls -t /dumps/*.dump | tail -n +8 | xargs -r rm`;
  const mounts = [Volume.existing('dumps', 'dumps').at('/dumps', { writable: true })];
  return new Workload(component, 'backup', {
    namespace,
    controller: Controller.cronJob({ schedule: '30 2 * * *' }),
    pod: { container: container('pg-dump', line, { mounts }) },
  });
}
