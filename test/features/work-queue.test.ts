import { cloud } from '../../clusters/cloud';
import { kind } from '../../clusters/kind';
import { composition } from '../../composition/composition';
import { components } from '../../constructs/app/components';
import { dev } from '../../environments/dev';
import { staging } from '../../environments/staging';
import { networkPolicies, workQueue } from '../../features';
import { environment, matrixOf, target } from '../../index';
import type { Layer } from '../../model/layers';
import { because } from '../../model/layers';
import { course } from '../../platform';
import { reportOf } from '../../testing';
import type { Objects } from '../support/kubernetes';
import { platformOf, refusal } from '../support/render';

const here = { ...kind, keda: cloud.keda!, settings: {} };
const why = 'a test';
/** Without settings for features that are not there. */
const bare = environment('dev', { ephemeral: true, settings: {} });
const settingsWith = (settings: Readonly<Record<string, unknown>>): Layer => ({
  workQueue: Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, because(value as never, why)])),
});
const withQueue = (settings: Readonly<Record<string, unknown>> = {}) =>
  platformOf(dev, here, [workQueue, networkPolicies], settingsWith(settings));

test('a cluster without KEDA is told what it lacks', () => {
  const error = refusal(() => platformOf(dev, kind, [workQueue]));
  expect(error.message).toContain('event-autoscaling');
  expect(error.message).toContain('neither cluster kind nor a feature of this target provides it');
});

test.each(['3.10.8', '3.13.7', '4.0.9', '4.1.4', '4.2.10'])('with RabbitMQ %s nothing would break', (version) => {
  const one = target(bare, { ...cloud, settings: {} }, [workQueue, networkPolicies], {
    settings: settingsWith({ version }),
  });
  const report = reportOf(composition({ ...course, matrix: matrixOf(components, one) }), 'dev@cloud');
  const broken = report.findings.filter(({ severity }) => severity === 'will-break');
  expect(broken.map(({ check, path }) => [check, path])).toEqual([]);
});

test('a worker that is told to stop has the time that its work takes', () => {
  const grace = (objects: Objects) =>
    objects.get('Deployment', 'queue-worker').spec.template.spec.terminationGracePeriodSeconds!;
  expect(grace(withQueue())).toBeGreaterThan(0.2);
  expect(grace(withQueue({ workMilliseconds: 600_000 }))).toBeGreaterThan(600);
});

test('another number of messages is another batch, and the same one is the same Job', () => {
  const job = (objects: Objects) => objects.get('Job').metadata.name;
  expect(job(withQueue())).toBe(job(withQueue()));
  expect(job(withQueue({ messages: 2 }))).not.toBe(job(withQueue()));
});

test('only KEDA reaches the management port, and each client has a name of its own', () => {
  const objects = withQueue();
  const rules = objects.get('NetworkPolicy', 'rabbitmq').spec.ingress!;
  const clients = (port: number) =>
    rules
      .filter(({ ports }) => ports?.some((each) => each.port === port))
      .flatMap(({ from }) => from!.map((peer) => Object.values(peer.podSelector!.matchLabels!)[0]))
      .sort();
  expect(clients(15_672)).toEqual(['keda-operator']);
  expect(clients(5672)).toEqual(['queue-publisher', 'queue-worker']);
});

test('where Secrets come from a store, what KEDA reads is what the store makes', () => {
  const objects = platformOf(staging, cloud, [workQueue]);
  const authentication = objects.all.find((object) => object.kind === 'TriggerAuthentication') as unknown as {
    spec: { secretTargetRef: { name: string; key: string }[] };
  };
  const secret = objects
    .of('ExternalSecret')
    .find(({ metadata }) => metadata.name.startsWith('rabbitmq-credentials-'))!;
  const { data } = (secret.spec as unknown as { target: { template: { data: object } } }).target.template;
  for (const { name, key } of authentication.spec.secretTargetRef) {
    expect(name).toBe(secret.metadata.name);
    expect(Object.keys(data)).toContain(key);
  }
});
