import { all, node, running, scheduled, workload } from './support';

const chosen = (manifests: string, facts: string) => scheduled(manifests, facts).pods.map((pod) => pod.node);
const labelled = (name: string, labels: string) => node(name).replace('labels: {', `labels: { ${labels},`);
const web = (pod: string, replicas = 1) => workload('Deployment', 'web', '100m', `replicas: ${replicas}`, pod);
const prefers = 'preferredDuringSchedulingIgnoredDuringExecution';

describe('the example is on the node with the highest score', () => {
  test('the emptiest, where nothing else tells them apart, and the first of equal ones', () => {
    expect(chosen(web(''), all(node('a'), node('b'), node('c'), running('old', 'a', '1')))).toEqual(['b']);
  });

  test('one without a pod of the same ReplicationController, though it is fuller', () => {
    const controller = workload('ReplicationController', 'web', '100m')
      .replace('apps/v1', 'v1')
      .replace('selector: { matchLabels: { app: web } }', 'selector: { app: web }');
    const facts = all(
      node('a'),
      node('b'),
      running('one', 'a', '100m').replace('app: old', 'app: web'),
      running('old', 'b', '300m'),
    );
    expect(chosen(controller, facts)).toEqual(['b']);
  });

  test('one that it prefers by its labels, though it is fuller', () => {
    const ssd = `affinity: { nodeAffinity: { ${prefers}: [{ weight: 1, preference: { matchExpressions: [{ key: disk, operator: In, values: [ssd] }] } }] } }`;
    const facts = all(node('a'), labelled('b', 'disk: ssd'), running('old', 'b', '1'));
    expect([chosen(web(''), facts), chosen(web(ssd), facts)]).toEqual([['a'], ['b']]);
  });

  test('one without a taint that it would rather avoid, unless it tolerates that', () => {
    const facts = all(
      node('a', 'taints: [{ key: spot, effect: PreferNoSchedule }]'),
      node('b'),
      running('old', 'b', '1'),
    );
    expect(chosen(web(''), facts)).toEqual(['b']);
    expect(chosen(web('tolerations: [{ key: spot, operator: Exists }]'), facts)).toEqual(['a']);
  });

  test('near pods that it prefers, or that prefer it, and away from others', () => {
    const term = (app: string) =>
      `{ weight: 100, podAffinityTerm: { topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: ${app} } } } }`;
    const facts = (more = '') =>
      all(node('a'), node('b'), running('old', 'b', '500m').replace('containers:', `${more}containers:`));
    expect(chosen(web(`affinity: { podAffinity: { ${prefers}: [${term('old')}] } }`), facts())).toEqual(['b']);
    expect(chosen(web(''), facts(`affinity: { podAffinity: { ${prefers}: [${term('web')}] } }, `))).toEqual(['b']);
    const emptier = all(facts(), running('other', 'a', '1').replace('app: old', 'app: other'));
    expect(chosen(web(''), emptier)).toEqual(['b']);
    expect(chosen(web(`affinity: { podAntiAffinity: { ${prefers}: [${term('old')}] } }`), emptier)).toEqual(['a']);
  });

  test('apart from others of its Deployment, by default, and from what a Service selects with it', () => {
    // Those of another revision do not count: it has not been rolled out yet.
    const large = node('a', '', '16');
    expect(chosen(web('', 2), all(large, node('b')))).toEqual(['a', 'b']);
    const facts = all(large, node('b'), running('old', 'a', '100m'));
    const labels = (text: string) => text.replaceAll('labels: { app: web }', 'labels: { app: web, part: shop }');
    const old = facts.replace('app: old', 'app: old, part: shop');
    const service =
      '{ apiVersion: v1, kind: Service, metadata: { name: s, namespace: shop }, spec: { ports: [{ port: 80 }], selector: { part: shop } } }';
    const job = labels(workload('Job', 'web', '100m', 'completions: 1'));
    expect(chosen(job, old)).toEqual(['a']);
    expect(chosen(all(job, service), old)).toEqual(['b']);
  });
});
