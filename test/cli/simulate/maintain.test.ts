import { all, node, planned, running, workload } from './support';

const inZone = (name: string, zone: string) =>
  node(name).replace('labels: {', `labels: { topology.kubernetes.io/zone: ${zone},`);
const zones = all(inZone('a', 'one'), inZone('b', 'one'), inZone('c', 'two'), inZone('d', 'two'));
const plan = (manifests: string, facts: string, ...options: string[]) =>
  planned('maintain', manifests, facts, ...options);
const tolerating = (name: string, seconds: string) =>
  workload(
    'Deployment',
    name,
    '100m',
    'replicas: 1',
    `tolerations: [{ key: work${seconds && `, tolerationSeconds: ${seconds}`}, operator: Exists }]`,
  );
/** `shop/web-0 on a goes at once to b`, of pods on the nodes that are tainted. */
const tainted = (manifests: string, facts: string, ...options: string[]) =>
  (
    JSON.parse(plan(manifests, facts, '--taint', 'work=now', '--format', 'json', ...options).text) as {
      groups: { pods: { pod: string; after: number | null; to: string | null; reason: string }[] }[];
    }
  ).groups.flatMap(({ pods }) =>
    pods.map(({ pod, after, to, reason }) => `${pod} ${after} ${to}${reason && `: ${reason}`}`),
  );

describe('one after the other', () => {
  const web = workload('Deployment', 'web', '500m', 'replicas: 2');
  test('every node, where none is named', () => {
    const { code, text } = plan(web, all(node('a'), node('b')));
    expect(text).toContain('# Maintenance of a, then b');
    expect([...text.matchAll(/^\d+\. Do the work on (.*)\.$/gm)].map(([, name]) => name)).toEqual(['a', 'b']);
    expect(code).toBe(0);
  });
  test('zones in the order of their names, whatever node comes first', () => {
    const turned = all(inZone('d', 'two'), inZone('a', 'one'));
    expect(plan(web, turned, '--by', 'zone').text).toContain('# Maintenance of a, then d');
  });
  test('the nodes of a zone together: cordoned first, so that no pod moves within it', () => {
    const { text } = plan(workload('Deployment', 'web', '500m', 'replicas: 4'), zones, '--by', 'zone');
    expect(text).toContain('# Maintenance of a and b, then c and d');
    const first = text.slice(text.indexOf('## a, b'), text.indexOf('## c, d'));
    expect([...first.matchAll(/^\d+\. `kubectl (\w+) /gm)].map(([, verb]) => verb)).toEqual([
      'cordon',
      'cordon',
      'drain',
      'drain',
      'uncordon',
      'uncordon',
    ]);
    expect(first).not.toMatch(/to [ab],/);
    expect(first).toMatch(/to [cd],/);
  });
  test('only those of a zone that is named', () =>
    expect(plan(web, zones, '--by', 'zone', '--zone', 'two').text).toContain('# Maintenance of c and d\n'));
  test.each(['', '--taint'])('the table names the zone of each group %s', (taint) => {
    const options = ['--by', 'zone', ...(taint ? [taint, 'work'] : [])];
    const { text } = plan(web, zones, ...options, '--format', 'text');
    expect(text.match(/^zone .*/gm)).toEqual(['zone one: a, b', 'zone two: c, d']);
    const { groups } = JSON.parse(plan(web, zones, ...options, '--format', 'json').text) as { groups: object[] };
    expect(groups).toEqual([
      expect.objectContaining({ zone: 'one', nodes: ['a', 'b'] }),
      expect.objectContaining({ zone: 'two', nodes: ['c', 'd'] }),
    ]);
  });
  test('a node that is in no zone', () =>
    expect(() => plan(web, node('a'), '--by', 'zone')).toThrow('cannot take one zone at a time: node a is in none'));
  test('what cannot be drained, and the exit code', () => {
    const budget =
      '{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: web, namespace: shop }, spec: { maxUnavailable: 0, selector: { matchLabels: { app: web } } } }';
    const { code, text } = plan(all(web, budget), all(node('a'), node('b')));
    expect(code).toBe(1);
    expect(text).toContain('**Not as things are: a, b cannot be drained.**');
    expect(plan(all(web, budget), all(node('a'), node('b')), '--format', 'sh').text).toMatch(/exit 1\n$/);
  });
});

describe('by a taint', () => {
  test('those that go sooner have the room, and those that go later find what is left', () => {
    const facts = all(node('a'), node('b', 'unschedulable: true'), node('c', '', '150m'));
    const standing = (name: string, seconds: number) =>
      running(name, 'a', '100m')
        .replace(
          'labels:',
          `ownerReferences: [{ apiVersion: apps/v1, kind: StatefulSet, name: ${name}, uid: u, controller: true }], labels:`,
        )
        .replace(
          'containers:',
          `tolerations: [{ key: work, operator: Exists, tolerationSeconds: ${seconds} }], containers:`,
        );
    const web = workload('Deployment', 'web', '100m', 'replicas: 0');
    const rows = tainted(web, all(facts, standing('api', 20), standing('web', 10)), '--node', 'a');
    expect(rows.map((row) => row.split(':')[0])).toEqual(['shop/api 20 null', 'shop/web 10 c']);
  });
  const nodes = all(node('a'), node('b', 'unschedulable: true'));
  test('at once, after the seconds that a pod tolerates it, or never', () => {
    const found = tainted(
      all(
        tolerating('brief', '30'),
        tolerating('long', '600'),
        tolerating('always', ''),
        workload('Deployment', 'web', '100m'),
      ),
      all(node('a'), node('b', 'taints: [{ key: other, effect: NoSchedule }]')),
      '--node',
      'a',
    );
    const nowhere = '0/2 nodes are available: 1 node(s) had untolerated taint {other: }, 1 node(s) were unschedulable.';
    expect(found).toEqual([
      'shop/always-0 null null: it tolerates the taint',
      `shop/brief-0 30 null: ${nowhere}`,
      `shop/long-0 600 null: ${nowhere}`,
      expect.stringMatching(/^shop\/web-0 0 null: 0\/2 nodes are available/),
    ]);
  });
  test('pods in their places go to the nodes that take them, those of DaemonSets nowhere', () => {
    const found = tainted(
      all(
        workload('Deployment', 'web', '100m', 'replicas: 2'),
        workload('DaemonSet', 'agent', '50m', 'minReadySeconds: 0'),
      ),
      all(node('a'), node('b')),
      '--node',
      'a',
    );
    expect(found).toEqual([
      'shop/agent-a 0 null: its DaemonSet runs none there as long as the taint stands',
      'shop/web-0 0 b',
    ]);
  });
  test('what nothing makes anew', () =>
    expect(
      tainted(
        workload('Deployment', 'web', '100m'),
        all(node('a'), node('b'), running('old', 'a', '100m')),
        '--node',
        'a',
      ),
    ).toContain('shop/old 0 null: nothing makes it anew'));
  test('what a kubelet runs from a file goes on, though it tolerates nothing', () => {
    const fromFile = (name: string, more: string) =>
      `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}, namespace: kube-system, annotations: { kubernetes.io/config.mirror: abc }, ownerReferences: [{ apiVersion: v1, kind: Node, name: a, uid: n, controller: true }] }, spec: { nodeName: a, containers: [{ name: a, image: 'a:1' }], ${more} }, status: { phase: Running } }`;
    const brief = 'tolerations: [{ key: work, operator: Exists, tolerationSeconds: 30 }]';
    const facts = all(node('a'), node('b'), fromFile('proxy-a', ''), fromFile('brief-a', brief));
    const shop = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
    expect(tainted(shop, facts, '--node', 'a')).toEqual([
      'kube-system/brief-a null null: its kubelet runs it from a file',
      'kube-system/proxy-a null null: its kubelet runs it from a file',
    ]);
  });
  test('a budget does not hold it back', () => {
    const budget =
      '{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: web, namespace: shop }, spec: { maxUnavailable: 0, selector: { matchLabels: { app: web } } } }';
    const { code, text } = plan(
      all(workload('Deployment', 'web', '100m', 'replicas: 1'), budget),
      all(node('a'), node('b')),
      '--node',
      'a',
      '--taint',
      'work',
    );
    expect(code).toBe(0);
    expect(text).toContain(
      'Expect: at once go `shop/web-0` (to b, for example).\n   - Deployment/shop/web is without a ready pod for a while.',
    );
    expect(text).toContain("`kubectl taint nodes a 'work=:NoExecute' --overwrite`");
  });
  test('a value that another toleration means does not count, and the first that matches does', () => {
    const pod = (tolerations: string) =>
      workload('Deployment', 'web', '100m', 'replicas: 1', `tolerations: [${tolerations}]`);
    const goes = (tolerations: string) => tainted(pod(tolerations), nodes, '--node', 'a')[0]!.split(' ')[1];
    expect(goes('{ key: work, value: later, effect: NoExecute }')).toBe('0');
    expect(goes('{ key: work, value: now, effect: NoExecute, tolerationSeconds: 5 }')).toBe('5');
    expect(goes('{ key: work, value: now, effect: NoSchedule }')).toBe('0');
    expect(goes('{ operator: Exists, tolerationSeconds: 7, effect: NoExecute }, { key: work, value: now }')).toBe('7');
    expect(goes('{ key: work, value: now, effect: NoExecute, tolerationSeconds: -1 }')).toBe('0');
  });
  test('the script waits for the last of them, and takes the taint away', () => {
    const { text } = plan(
      tolerating('brief', '30'),
      all(node('a'), node('b')),
      '--node',
      'a',
      '--taint',
      'work=now',
      '--format',
      'sh',
    );
    const own = text.slice(text.indexOf("say 'make a empty'")).split('\n');
    expect(own).toEqual([
      "say 'make a empty'",
      'is_ready a',
      'kubectl cordon a',
      "kubectl taint nodes a 'work=now:NoExecute' --overwrite",
      "say 'pods tolerate the taint for up to 30 s'",
      'becomes_left a 930 work now',
      'kubectl -n shop rollout status deployment/brief --timeout=15m',
      'if [ -n "$work" ]; then "$work" a; fi',
      'is_ready a',
      "untaint a 'work:NoExecute-'",
      'kubectl uncordon a',
      "say 'a takes pods again'",
      '',
      '',
    ]);
  });
  test('the table', () =>
    expect(
      plan(tolerating('brief', '30'), all(node('a'), node('b')), '--node', 'a', '--taint', 'work', '--format', 'text')
        .text,
    ).toBe(
      'a with work=:NoExecute\n  POD           ON  GOES        TO  REASON\n  shop/brief-0  a   after 30 s  b\n  Deployment/shop/brief has no ready pod until those in their places are ready',
    ));
  test('a pod that goes for a more important one that had to move has a row of its own', () => {
    const classes = '{ apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: { name: high }, value: 1000 }';
    const on = (name: string, more: string) =>
      workload(
        'Deployment',
        name,
        '1500m',
        'replicas: 1',
        `affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: kubernetes.io/hostname, operator: In, values: [${more}] }] }] } } }`,
      );
    const manifests = all(
      classes,
      on('high', 'a, b').replace('spec: { affinity', 'spec: { priorityClassName: high, affinity'),
      on('low', 'b'),
    );
    const args = ['--node', 'a', '--taint', 'work'] as const;
    const facts = all(node('a', '', '4'), node('b'));
    const [group] = JSON.parse(plan(manifests, facts, ...args, '--format', 'json').text).groups;
    expect(group.pods).toMatchObject([{ pod: 'shop/high-0', after: 0, to: 'b' }]);
    expect(group.preempted).toMatchObject([{ pod: 'shop/low-0', to: null }]);
    expect(plan(manifests, facts, ...args, '--format', 'text').text).toMatch(
      /shop\/low-0 +- +preempted +- +preempted by shop\/high-0/,
    );
    expect(plan(manifests, facts, ...args).text).toContain('`shop/low-0` goes as well: preempted by shop/high-0');
  });
  test('with its effect, too, as kubectl takes it', () =>
    expect(plan(tolerating('brief', '30'), nodes, '--taint', 'work=now:NoExecute').text).toContain(
      'work=now:NoExecute',
    ));
  test('a taint that is none', () =>
    expect(() => plan(tolerating('brief', '30'), nodes, '--taint', 'work:NoSchedule')).toThrow(
      '--taint work:NoSchedule: is not KEY or KEY=VALUE; its effect is NoExecute',
    ));
});
