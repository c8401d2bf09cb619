import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { cloud } from '../../clusters/cloud';
import { staging } from '../../environments/staging';
import { workQueue } from '../../features';
import { readSettings as readPublisher } from '../../services/queue-publisher/src/settings';
import { DONE_PREFIX } from '../../services/queue-worker/src/done';
import { readSettings as readWorker } from '../../services/queue-worker/src/settings';
import type { Container } from '../support/kubernetes';
import { platformOf } from '../support/render';

// As in contract.test.ts: the platform and the programs meet in the manifest, and here.
const objects = platformOf(staging, cloud, [workQueue]);
const folder = mkdtempSync(join(tmpdir(), 'strata-contract-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the kubelet would set, with files of passwords where they are here. */
function variablesOf({ env = [], volumeMounts = [] }: Container): Record<string, string> {
  const entries = env.map(({ name, value }): [string, string] => {
    if (!name.endsWith('_PASSWORD_FILE')) return [name, value ?? 'from-the-pod'];
    const mounts = volumeMounts.map(({ mountPath }) => mountPath);
    expect(mounts).toContain(value!.slice(0, value!.lastIndexOf('/')));
    const file = join(folder, `${name}-${basename(value!)}`);
    writeFileSync(file, 'secret\n');
    return [name, file];
  });
  return Object.fromEntries(entries);
}
const BROKER = { host: 'rabbitmq.course-staging.svc.cluster.local', port: 5672, password: 'secret' };

test('the worker starts with the environment that its pod gets, and may touch the keys that it writes', () => {
  const [container] = objects.get('Deployment', 'queue-worker').spec.template.spec.containers;
  const settings = readWorker(variablesOf(container!));
  expect(settings).toMatchObject({
    ...{ queue: 'jobs', workMs: 200, port: 8080 },
    broker: { ...BROKER, username: 'queue-worker' },
    redis: { host: 'redis.course-staging.svc.cluster.local', username: 'queue-worker', password: 'secret' },
  });
  expect(container!.ports?.map(({ containerPort }) => containerPort)).toEqual([settings.port]);
  const acl = JSON.stringify(objects.of('ExternalSecret'));
  expect(DONE_PREFIX.startsWith('work:')).toBe(true);
  expect(acl).toContain('~work:* resetchannels -@all +ping +client|setname +exists +set\\n');
});

test('the publisher starts with the environment that its pod gets, by the name of its Job', () => {
  const [container] = objects.get('Job').spec.template.spec.containers;
  expect(readPublisher(variablesOf(container!))).toMatchObject({
    ...{ queue: 'jobs', messages: 1000, perSecond: 0, batch: 'from-the-pod' },
    broker: { ...BROKER, username: 'queue-publisher' },
  });
  const batch = container!.env!.find(({ name }) => name === 'BATCH');
  expect(batch?.valueFrom?.fieldRef?.fieldPath).toBe("metadata.labels['batch.kubernetes.io/job-name']");
});
