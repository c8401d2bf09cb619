import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { namespaceOf, Platform } from '../../composition/platform';
import { synthesize } from '../../constructs/synthesis/synthesis';
import { matrix } from '../../environments/matrix';
import { list, record, string, strings } from '../../manifests/resource';
import type { KubernetesObject } from '../../model/kubernetes';
import { course } from '../../platform';
import { readSettings as readExporter } from '../../services/exporter/src/settings';
import { readSettings as readWeb } from '../../services/web/src/settings';

// The platform and the programs know nothing of each other's code. They meet in the manifest, and here.

const READERS = { web: readWeb, exporter: readExporter };

/** The variables that the kubelet would set, with the password's file where the pod would find it. */
function variablesOf(objects: readonly KubernetesObject[], workload: string, folder: string): Record<string, string> {
  const deployment = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === workload)!;
  const pod = record(record(record(deployment['spec'])?.['template'])?.['spec'])!;
  const container = record(list(pod['containers'])[0])!;
  const maps = list(container['envFrom']).map((source) => record(record(source)?.['configMapRef'])?.['name']);
  const fromMaps = objects
    .filter(({ kind, metadata }) => kind === 'ConfigMap' && maps.includes(metadata.name))
    .map((map) => strings(map['data']));
  const own = list(container['env']).map((entry) => {
    const variable = record(entry)!;
    // A field of the pod is a text, and what a container asks for is a number.
    const ofPod = record(variable['valueFrom'])?.['resourceFieldRef'] === undefined ? 'from-the-pod' : '1';
    return [string(variable['name'])!, string(variable['value']) ?? ofPod] as const;
  });
  const variables = Object.assign({}, ...fromMaps, Object.fromEntries(own)) as Record<string, string>;
  const password = variables['REDIS_PASSWORD_FILE']!;
  const mounts = list(container['volumeMounts']).map((mount) => string(record(mount)?.['mountPath']));
  expect(mounts).toContain(password.slice(0, password.lastIndexOf('/')));
  writeFileSync(join(folder, basename(password)), 'secret\n');
  return { ...variables, REDIS_PASSWORD_FILE: join(folder, basename(password)) };
}

describe.each(matrix.targets().map((target) => [target.name, target] as const))('%s', (_, target) => {
  const objects = synthesize(new Platform(target, course).app).flatMap((component) => component.objects);
  const folder = mkdtempSync(join(tmpdir(), 'strata-contract-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(Object.keys(READERS) as (keyof typeof READERS)[])(
    '%s starts with the environment that its pod gets',
    (service) => {
      const variables = variablesOf(objects, service, folder);
      const settings = READERS[service](variables);
      expect(settings.redis).toEqual({
        host: `redis.${namespaceOf(target, course)}.svc.cluster.local`,
        port: 6379,
        username: service,
        password: 'secret',
      });
      const deployment = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === service)!;
      expect(JSON.stringify(deployment)).toContain(`"containerPort":${settings.port}`);
    },
  );

  test('a pod has time to drain before it is killed', () => {
    for (const service of Object.keys(READERS) as (keyof typeof READERS)[]) {
      const deployment = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === service)!;
      const pod = record(record(record(deployment['spec'])?.['template'])?.['spec'])!;
      expect(pod['terminationGracePeriodSeconds']).toBeGreaterThanOrEqual(
        READERS[service](variablesOf(objects, service, folder)).drainSeconds + 15,
      );
    }
  });
});

// Rules and objectives are made of what a workload says that it exposes.
test.each(Object.keys(READERS))('%s exposes the metrics that its workload names', (service) => {
  const [target] = matrix.targets();
  const objects = synthesize(new Platform(target!, course).app).flatMap((component) => component.objects);
  const deployment = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === service)!;
  const named = deployment.metadata.annotations!['strata/metrics']!.split(', ');
  const source = readFileSync(join(__dirname, `../../services/${service}/src/metrics.ts`), 'utf8');
  const own = [...source.matchAll(/\bname: '([a-z_]+)'/g)].map(([, name]) => name!);
  expect(own.length).toBeGreaterThan(2);
  // Those of the process are the client library's.
  const ofProgram = named.filter((name) => !/^(process|nodejs)_\*$/.test(name)).map((name) => name.replace(/\*$/, ''));
  expect(ofProgram.sort()).toEqual(own.sort());
});
