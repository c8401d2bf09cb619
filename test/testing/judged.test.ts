import course from '../../main';
import type { Composition } from '../../model/composition';
import type { KubernetesObject } from '../../model/kubernetes';
import { Matrix, target } from '../../model/matrix';
import { flowVerdict, testNoFindings } from '../../testing';
import { flows, verifyManifests } from '../../verify';
import { aCluster, anEnvironment } from '../model/support';
import { aComponent } from '../render/support';
import { refusal } from '../support/render';
import { definedTests, failure } from './defined';

const pod = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', labels: { app: name } },
  spec: { containers: [{ name, image: `${name}:1`, ports: [{ containerPort: 80 }] }] },
});
const service = (selects: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { selector: { app: selects }, ports: [{ port: 80 }] },
});
/** Only `web` may reach the database. */
const policy: KubernetesObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'db', namespace: 'shop' },
  spec: {
    podSelector: { matchLabels: { app: 'db' } },
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }] }],
  },
};
const kind = aCluster('kind', { network: { plugin: 'cilium', enforcesPolicies: true } });
const composition = (...objects: readonly KubernetesObject[]): Composition<unknown> => ({
  matrix: new Matrix<unknown>([], target(anEnvironment('dev'), kind, [])),
  features: [],
  compose: () => [aComponent('web', 1, objects as never)],
  secrets: () => [],
  origins: () => new Map(),
  deliver: () => [],
});

describe('flowVerdict', () => {
  const shop = composition(pod('web'), pod('idle-web'), pod('db'), policy);
  const verdict = (from: string, to: string, port = 80) => flowVerdict(shop, 'dev@kind', { from, to, port });

  test('of a name means the workload that is called so, not those whose names contain it', () => {
    expect(verdict('web', 'db')).toBe('allowed');
    expect(verdict('idle-web', 'db')).toBe('denied');
    expect(verdict('idle', 'db')).toBe('denied');
  });

  test('tells a wrong name from a wrong port', () => {
    const name = refusal(() => verdict('wbe', 'db'));
    expect([name.place, name.found]).toEqual(['dev@kind, from wbe to db', expect.stringContaining('no flow between')]);
    const port = refusal(() => verdict('web', 'db:80', 81));
    expect([port.place, port.found]).toEqual(['dev@kind, from web to db:80, port 81', 'there is no flow to this port']);
    expect(port.fixes[0]).toBe('name one of its ports: 80');
  });
});

describe('testNoFindings', () => {
  const only = { only: ['service-selects-workload'] };
  const outcome = (selects: string, options: Parameters<typeof testNoFindings>[1]) => {
    const tests = definedTests(() => testNoFindings(composition(pod('web'), service(selects)), options));
    expect([...tests.keys()]).toEqual(['dev@kind has no finding']);
    return failure(tests.get('dev@kind has no finding'));
  };

  test('passes where nothing will break', () => expect(outcome('web', only)).toBeUndefined());

  test('fails where something will, and names the check and the object', () =>
    expect(outcome('nobody', only)).toMatch(/service-selects-workload .*Service\/shop\/web/));

  test('fails for nothing that is not asked for', () =>
    expect(
      outcome('nobody', { skip: ['service-selects-workload'], only: ['references', 'networking'] }),
    ).toBeUndefined());

  test('is about every target', () =>
    expect([...definedTests(() => testNoFindings(course)).keys()]).toEqual(
      course.matrix.targets().map(({ name }) => `${name} has no finding`),
    ));
});

describe('the verifier as a function', () => {
  test('is told whether the manifests are all there is', () => {
    const reader = {
      ...pod('a'),
      spec: { containers: [{ name: 'a', image: 'a:1', envFrom: [{ configMapRef: { name: 'gone' } }] }] },
    };
    const objects = [reader];
    const verdictsOf = (complete?: boolean) =>
      verifyManifests(
        { objects, ...(complete === undefined ? {} : { complete }) },
        { only: ['references'] },
      ).findings.map(({ verdict }) => verdict);
    expect(verdictsOf(true)).toEqual(['fail']);
    expect(verdictsOf()).toEqual(['unknown']);
    expect(verdictsOf(false)).toEqual(verdictsOf());
  });

  test('flows of a file that is not there say so', () => {
    const error = refusal(() => flows({ paths: ['nope'] }));
    expect([error.place, error.found]).toEqual(['paths: nope', 'does not exist']);
  });

  test.each(['1.40', '1.2', '1.x', '1.34.1', 'newest'])('Kubernetes %s is no version that is known', (kubernetes) => {
    const ask = () => verifyManifests({ objects: [pod('a')], kubernetes: kubernetes as '1.34' });
    const error = refusal(ask);
    expect(error.place).toBe(`kubernetes: "${kubernetes}"`);
    expect(error.fixes[0]).toContain("from '1.28' to");
  });
});
