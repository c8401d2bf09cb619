import { App, Chart, Testing, Yaml } from 'cdk8s';
import { Redis } from '../../constructs/app/redis';
import { RedisExporter } from '../../constructs/app/redis-exporter';
import { WebService } from '../../constructs/app/web-service';
import { DisruptionBudget } from '../../constructs/availability/disruption-budget';
import { Controller } from '../../constructs/core/controller';
import { FlowPolicy } from '../../constructs/core/network-policies';
import { Workload } from '../../constructs/core/workload';
import { Prometheus } from '../../constructs/monitoring/prometheus';
import { Autoscaler } from '../../constructs/scaling/autoscaler';
import { Resource } from '../../manifests/resource';
import type { KubernetesObject } from '../../model/kubernetes';
import { problemsAt } from '../../upstream/kubernetes/validate';
import { CONTAINER, STORAGE } from '../support/render';

/** Somebody else's App and Chart: no environment, no cluster, no product of ours. */
function shop(labels?: Readonly<Record<string, string>>): KubernetesObject[] {
  const chart = new Chart(new App(), 'shop', { disableResourceNameHashes: true, ...(labels ? { labels } : {}) });
  const namespace = { name: 'shop' };
  const redis = new Redis(chart, 'redis', { namespace, storage: STORAGE, credentials: { from: 'generated' } });
  const web = new WebService(chart, 'web', { namespace, environment: 'test', redis });
  const exporter = new RedisExporter(chart, 'exporter', { namespace, redis });
  const worker = new Workload(chart, 'worker', {
    namespace,
    controller: Controller.deployment({ replicas: 2 }),
    pod: { container: CONTAINER },
  });
  worker.connectsTo(redis.port('redis'), { as: 'QUEUE', may: { keys: ['jobs:*'], commands: ['lpop'] } });
  new Prometheus(chart, 'prometheus', {
    namespace,
    storage: STORAGE,
    externalLabels: {},
    toYaml: (value) => Yaml.stringify(value),
    scrapes: [exporter, web].flatMap(({ workload }) => workload.metrics ?? []),
  });
  new Autoscaler(web, 'autoscaler', { workload: web.workload, min: 2, max: 4, cpuPercent: 70 });
  new DisruptionBudget(worker, 'budget', { workload: worker, maxUnavailable: 1 });
  for (const { workload } of [redis, web, exporter, { workload: worker }])
    new FlowPolicy(workload, 'policy', { workload });
  return Testing.synth(chart) as KubernetesObject[];
}

test('constructs render in any Chart, in a namespace that is only named', () => {
  const objects = shop();
  expect(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual(
    expect.arrayContaining(['StatefulSet/redis', 'Deployment/web', 'Deployment/worker', 'HorizontalPodAutoscaler/web']),
  );
  for (const { metadata, kind } of objects) if (kind !== 'StorageClass') expect(metadata.namespace).toBe('shop');
});

test('an API server has nothing against what they render', () => {
  for (const object of shop()) {
    const problems = problemsAt(new Resource(object, { file: 'shop', text: '' }, 0), 34);
    expect([object.kind, object.metadata.name, problems]).toEqual([object.kind, object.metadata.name, []]);
  }
});

test('names of hashed objects are those that pods refer to, in stock synth too', () => {
  const objects = shop();
  const secret = objects.find(({ kind }) => kind === 'Secret')!;
  expect(JSON.stringify(objects.find(({ metadata }) => metadata.name === 'worker'))).toContain(secret.metadata.name);
});

test('nothing carries a label of ours; those of the Chart are on every object and every pod', () => {
  expect(JSON.stringify(shop())).not.toMatch(/managed-by|part-of|course(?![/_])/);
  const labelled = shop({ team: 'shop' });
  for (const { metadata } of labelled) expect(metadata.labels).toMatchObject({ team: 'shop' });
  for (const object of labelled.filter(({ kind }) => kind === 'Deployment')) {
    const { template, selector } = object['spec'] as { template: { metadata: { labels: object } }; selector: object };
    expect(template.metadata.labels).toMatchObject({ team: 'shop' });
    expect(JSON.stringify(selector)).not.toContain('team');
  }
});
