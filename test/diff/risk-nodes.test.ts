import { classed, messagesOf, workloadOf } from './risks';

describe('daemon-set-narrowed', () => {
  const id = 'daemon-set-narrowed';
  const log = (pod: string, kind = 'DaemonSet') => workloadOf({ kind, name: 'log', pod });
  const affinity = (...terms: readonly string[]) =>
    `affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [${terms.join(', ')}] } } }`;
  const term = (...requirements: readonly string[]) => `{ matchExpressions: [${requirements.join(', ')}] }`;
  const gpu = '{ key: gpu, operator: Exists }';
  const zone = (...zones: readonly string[]) => `{ key: zone, operator: In, values: [${zones.join(', ')}] }`;
  test.each([
    ['another label', "nodeSelector: { gpu: 'true' }", 'nodeSelector: { pool: front }'],
    ['affinity', '', affinity(term(gpu))],
    ['one requirement more', affinity(term(gpu)), affinity(term(gpu, zone('a')))],
    ['one zone less', affinity(term(zone('a', 'b'))), affinity(term(zone('a')))],
    ['one term less', affinity(term(gpu), term(zone('a'))), affinity(term(gpu))],
    [
      'one value more that is not taken',
      affinity(term('{ key: zone, operator: NotIn, values: [a] }')),
      affinity(term('{ key: zone, operator: NotIn, values: [a, b] }')),
    ],
    [
      'a toleration of one effect',
      'tolerations: [{ key: gpu, operator: Exists }]',
      'tolerations: [{ key: gpu, operator: Exists, effect: NoSchedule }]',
    ],
    [
      'a toleration for a minute',
      'tolerations: [{ key: gpu, operator: Exists, effect: NoExecute }]',
      'tolerations: [{ key: gpu, operator: Exists, effect: NoExecute, tolerationSeconds: 60 }]',
    ],
  ])('%s, and nothing the other way round', (name, wide, narrow) => {
    expect(classed(id, log(wide), log(narrow))).toHaveLength(1);
    if (name !== 'another label') expect(classed(id, log(narrow), log(wide))).toEqual([]);
    expect(classed(id, log(wide, 'Deployment'), log(narrow, 'Deployment'))).toEqual([]);
  });
  test.each([
    ['the system that the image is for', '', 'nodeSelector: { kubernetes.io/os: linux }'],
    [
      'what the controller tolerates anyway',
      'tolerations: [{ key: node.kubernetes.io/not-ready, operator: Exists }]',
      '',
    ],
    ['a wider toleration', "tolerations: [{ key: gpu, value: 'true' }]", 'tolerations: [{ operator: Exists }]'],
    [
      'a preference',
      '',
      'affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: { matchExpressions: [{ key: gpu, operator: Exists }] } }] } }',
    ],
  ])('%s leaves no node', (_, was, is) => {
    expect(classed(id, log(was), log(is))).toEqual([]);
  });
  test('where the nodes are known they decide', () => {
    const node = (name: string, labels: string, taints = '') =>
      `{ apiVersion: v1, kind: Node, metadata: { name: ${name}, labels: { ${labels} } }, spec: { taints: [${taints}] }, status: { allocatable: { cpu: '2', memory: 8Gi, pods: '110' } } }`;
    const facts = [
      node('node-1', 'pool: front'),
      node('node-2', 'pool: back'),
      node('node-3', 'pool: front', '{ key: gpu, effect: NoSchedule }'),
    ].join('\n---\n');
    const told = (was: string, is: string) => messagesOf(id, log(was), log(is), facts);
    expect(told('', 'nodeSelector: { pool: front }')).toEqual([
      'it runs no more on node-2: its pods there are deleted',
    ]);
    expect(told('tolerations: [{ operator: Exists }]', '')).toEqual([
      'it runs no more on node-3: its pods there are deleted',
    ]);
    expect(told('tolerations: [{ key: other, operator: Exists }]', '')).toEqual([]);
  });
});
