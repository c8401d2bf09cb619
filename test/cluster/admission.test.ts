/**
 * Every object of every target is created for real, with strict field validation, on the oldest and on the newest API
 * server that the platform supports. Both run their controllers and have no nodes, so the controllers' pods pass admission
 * (Pod Security, quotas, priorities) too, and run nowhere.
 */
import { at, CASES } from '../upstream/kubernetes/disabled-cases';
import { Api } from './support/api';
import { Cluster } from './support/cluster';
import { define } from './support/definitions';
import { type Event, type KubernetesObject, nameOf, type Workload } from './support/kubernetes';
import { objectsOf, targets } from './support/rendered';
import { say } from './support/report';
import { waitFor } from './support/wait';

/** What the place brings along, so that no target renders it. */
const GIVEN_NAMESPACES = ['argocd', 'flux-system'];

describe.each([
  ['1.28', 'proveold', { oldest: true }],
  ['1.35', 'provenew', { nodes: 0 }],
] as const)('Kubernetes %s', (version, clusterName, options) => {
  const cluster = new Cluster(clusterName);
  let api: Api;

  beforeAll(async () => {
    await cluster.up(options);
    const { minor } = JSON.parse(await cluster.kubectl('get', '--raw', '/version')) as { minor: string };
    expect(`1.${minor}`).toBe(version);
    await define(cluster, targets().flatMap(objectsOf));
    await cluster.apply(...GIVEN_NAMESPACES.map(namespace));
    api = await Api.of(cluster);
  });

  afterAll(() => cluster.close());

  test('drops the fields of features that are off', async () => {
    const minor = Number(version.slice(2));
    const wrong: string[] = [];
    await waitFor('the account that pods have', 30, () => cluster.get('default', 'serviceaccount', 'default'));
    for (const { path, object, from } of CASES.filter((each) => each.known <= minor)) {
      const tried = await api.tried(object as KubernetesObject);
      const kept = at(tried.object, path) !== undefined;
      if (tried.status !== 201 || kept !== minor >= from)
        wrong.push(
          `${path} of ${JSON.stringify(object)}: ${tried.status} ${tried.message} ${kept ? 'kept' : 'dropped'}, from 1.${from} on kept`,
        );
    }
    expect(wrong).toEqual([]);
  });

  test.each(targets())('admits every object of %s, and the pods of its workloads', async (target) => {
    const objects = definitionsFirst(objectsOf(target));
    const refused: string[] = [];
    await gone(api, objects);
    try {
      for (const object of objects) {
        await waitFor(`the kind of ${nameOf(object)}`, 30, () => api.serves(object));
        const { status, message, warnings } = await api.create(object);
        if (status !== 201) refused.push(`${nameOf(object)}: ${message}`);
        for (const warning of warnings) refused.push(`${nameOf(object)}: admitted with a warning: ${warning}`);
      }
      expect(refused).toEqual([]);

      // What is rendered with no replicas, such as the load generator, waits for somebody to scale it.
      const workloads = objects.filter(
        ({ kind, spec }) =>
          ['Deployment', 'StatefulSet', 'Job'].includes(kind) && (spec as { replicas?: number }).replicas !== 0,
      );
      await waitFor('the pods of every workload', 60, async () => {
        const missing = await withoutPods(cluster, workloads);
        if (missing.length > 0) throw new Error(`${missing.join(', ')}: ${await refusalsOfPods(cluster)}`);
      });
      say(
        `${version} ${target}: ${objects.length} objects created, ${workloads.length} workloads have their pods, none refused`,
      );
    } finally {
      await remove(api, objects);
    }
  });
});

/** As people are told to apply them: a kind is there before the objects of it. */
function definitionsFirst(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const isDefinition = ({ kind }: KubernetesObject) => Number(kind === 'CustomResourceDefinition');
  return [...objects].sort((a, b) => isDefinition(b) - isDefinition(a));
}

function namespace(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

async function withoutPods(cluster: Cluster, workloads: readonly KubernetesObject[]): Promise<string[]> {
  const made = JSON.parse(await cluster.kubectl('get', '-A', 'deployments,statefulsets,jobs', '-o', 'json')) as {
    items: Workload[];
  };
  const withPods = made.items.filter(({ status }) => (status.replicas ?? status.active ?? 0) > 0).map(nameOf);
  return workloads.map(nameOf).filter((name) => !withPods.includes(name));
}

async function refusalsOfPods(cluster: Cluster): Promise<string> {
  const { items } = JSON.parse(await cluster.kubectl('get', '-A', 'events', '-o', 'json')) as { items: Event[] };
  return (
    items
      .filter(({ reason }) => reason === 'FailedCreate')
      .map(({ message }) => message)
      .join('; ') || 'no event says why'
  );
}

/** Removes what was created; it may take a while to go. */
async function remove(api: Api, objects: readonly KubernetesObject[]): Promise<void> {
  // What is in a namespace of the target goes away with it. An aggregated API that nobody serves would hold that up.
  const roots = rootsOf(objects).sort((a, b) => Number(b.kind === 'APIService') - Number(a.kind === 'APIService'));
  for (const object of roots) await api.delete(object);
}

/** Targets use each other's names: the ones before must have gone. */
async function gone(api: Api, objects: readonly KubernetesObject[]): Promise<void> {
  for (const object of rootsOf(objects)) {
    await waitFor(`${nameOf(object)} gone`, 90, async () => {
      if (await api.exists(object)) throw new Error('it is still there');
    });
  }
}

/** The objects that are not in a namespace that is one of the objects itself. */
function rootsOf(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const namespaces = objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
  return objects.filter(({ metadata }) => !namespaces.includes(metadata.namespace ?? ''));
}
