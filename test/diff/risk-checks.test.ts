import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checks } from '../../checks/registry';
import { livedWithIn } from '../../cli/configured';
import { objectChanges } from '../../diff/objects';
import { isAtLeast, worstOf } from '../../diff/risk/classes';
import { risksOf } from '../../diff/risk/classify';
import type { LivedWith } from '../../diff/risk/risk';
import { rules } from '../../diff/risk/rules';
import { targetChange } from '../../diff/target-change';
import { worldOf } from '../checks/judging';
import { allOf, classed, messagesOf, risksBetween, workloadOf } from './risks';

const ID = 'check-fails';
const budget = (bound: string, name = 'web', label = 'app: web') =>
  `{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: ${name}, namespace: shop }, spec: { ${bound}, selector: { matchLabels: { ${label} } } } }`;
const replicas = (count: number, name = 'web') => workloadOf({ name, spec: `replicas: ${count}` });
const scaler = (min: number) =>
  `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, minReplicas: ${min}, maxReplicas: 9 } }`;

describe('budgets that block because of another object', () => {
  const two = budget('minAvailable: 2');
  test.each([
    [
      'fewer replicas',
      allOf(replicas(3), two),
      allOf(replicas(2), two),
      ['disruption Deployment/shop/web spec.replicas'],
    ],
    ['mended', allOf(replicas(2), two), allOf(replicas(3), two), []],
    ['fewer, and enough', allOf(replicas(4), two), allOf(replicas(3), two), []],
    [
      'a lower minimum',
      allOf(workloadOf({}), scaler(3), two),
      allOf(workloadOf({}), scaler(2), two),
      ['disruption HorizontalPodAutoscaler/shop/web'],
    ],
    ['a higher minimum', allOf(workloadOf({}), scaler(2), two), allOf(workloadOf({}), scaler(3), two), []],
    [
      'blocked as before, with another number of pods',
      allOf(replicas(2), budget('minAvailable: 100%')),
      allOf(replicas(3), budget('minAvailable: 100%')),
      [],
    ],
    [
      'a second budget over the same pods',
      allOf(replicas(3), budget('maxUnavailable: 1')),
      allOf(replicas(3), budget('maxUnavailable: 1'), budget('maxUnavailable: 1', 'other')),
      ['disruption PodDisruptionBudget/shop/other'],
    ],
  ])('%s', (_, before, after, found) => {
    expect(classed(ID, before, after)).toEqual(found);
  });

  test('what budget-blocks tells of the budget is not told again', () => {
    const [before, after] = [allOf(replicas(3), two), allOf(replicas(3), budget('minAvailable: 3'))];
    expect(classed('budget-blocks', before, after)).toHaveLength(1);
    expect(classed(ID, before, after)).toEqual([]);
  });

  test('of several changes it is told at the one without which nothing breaks', () => {
    const before = allOf(replicas(3, 'api'), replicas(3), two);
    expect(classed(ID, before, allOf(replicas(2, 'api'), replicas(2), two))).toEqual([
      'disruption Deployment/shop/web spec.replicas',
    ]);
  });

  test('a budget that is touched beside it is not taken for the cause', () => {
    const noted = two.replace('namespace: shop }', 'namespace: shop, labels: { a: b } }');
    expect(classed(ID, allOf(replicas(3), two), allOf(replicas(2), noted))).toEqual([
      'disruption Deployment/shop/web spec.replicas',
    ]);
  });

  test('the message names the budget, and a suppression with a reason silences it', () => {
    expect(messagesOf(ID, allOf(replicas(3), two), allOf(replicas(2), two))).toEqual([
      'PodDisruptionBudget/shop/web spec.minAvailable: 2 of 2 pods must stay available: no pod can be evicted, and draining a node that runs one of them never finishes',
    ]);
    const silenced = (reason: string) =>
      two.replace(
        'namespace: shop }',
        `namespace: shop, annotations: { strata/suppress.pdb-allows-eviction: '${reason}' } }`,
      );
    const tell = (reason: string) =>
      classed(ID, allOf(replicas(3), silenced(reason)), allOf(replicas(2), silenced(reason)));
    expect(tell('drained by hand')).toEqual([]);
    expect(tell(' ')).toHaveLength(1);
  });
});

describe('what an object says itself', () => {
  const rule = (expr: string) =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: r, namespace: shop }, spec: { groups: [{ name: g, rules: [{ alert: A, expr: '${expr}' }] }] } }`;
  const project = `{ apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: { name: shop, namespace: argocd }, spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] } }`;
  const application = (of: string) =>
    `{ apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: { name: shop, namespace: argocd }, spec: { project: ${of}, source: { repoURL: 'https://example.com/r', path: p, targetRevision: v1 }, destination: { server: 'https://kubernetes.default.svc', namespace: shop } } }`;
  const gateway = `{ apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: { name: gw, namespace: shop }, spec: { gatewayClassName: c, listeners: [{ name: https, port: 443, protocol: HTTP }] } }`;
  const route = (section: string) =>
    `{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: web, namespace: shop }, spec: { parentRefs: [{ name: gw, sectionName: ${section} }], hostnames: [a.example.com], rules: [{ backendRefs: [{ name: web, port: 80 }] }] } }`;

  const virtual = (subset: string) =>
    allOf(
      '{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { ports: [{ port: 80 }] } }',
      `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: web, namespace: shop }, spec: { hosts: [web], http: [{ route: [{ destination: { host: web, subset: ${subset} } }] }] } }`,
    );
  const subsets = (name: string, host = 'web') =>
    `{ apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: { name: web, namespace: shop }, spec: { host: ${host}, subsets: [{ name: ${name}, labels: { version: v1 } }] } }`;

  test.each([
    ['a subset that is not there', allOf(virtual('v1'), subsets('v1')), allOf(virtual('v2'), subsets('v1')), 1],
    ['one that goes', allOf(virtual('v1'), subsets('v1')), allOf(virtual('v1'), subsets('v2')), 1],
    ['one that comes', allOf(virtual('v1'), subsets('v2')), allOf(virtual('v1'), subsets('v1')), 0],
    [
      'the same host, written out',
      allOf(virtual('v1'), subsets('v1')),
      allOf(virtual('v1'), subsets('v1', 'web.shop.svc.cluster.local')),
      0,
    ],
    ['an expression that is cut off', rule('up == 0'), rule('up =='), 1],
    ['the same, mended', rule('up =='), rule('up == 0'), 0],
    ['broken as before', rule('up =='), rule('up == ').replace('alert: A', 'alert: B'), 0],
    ['a rule that is new: its own fault', '', rule('up =='), 0],
    ['a project that is not there', allOf(project, application('shop')), allOf(project, application('shopp')), 1],
    ['one that is', allOf(project, application('shopp')), allOf(project, application('shop')), 0],
    ['a listener that is not there', allOf(gateway, route('https')), allOf(gateway, route('http')), 1],
    ['one that is', allOf(gateway, route('http')), allOf(gateway, route('https')), 0],
    [
      'a listener that goes from under a route',
      allOf(gateway, route('https')),
      allOf(gateway.replace('name: https', 'name: tls'), route('https')),
      1,
    ],
  ])('%s', (_, before, after, count) => {
    expect(classed(ID, before, after)).toHaveLength(count);
  });

  test('a route that its Gateway does not accept is served no more, and opens nothing', () => {
    const all = rules.map(({ id }) => id);
    const said = risksBetween(all, allOf(gateway, route('https')), allOf(gateway, route('http')));
    expect(said.map((risk) => `${risk.class} ${risk.rule}`).sort()).toEqual([
      'disruption check-fails',
      'disruption route-removed',
      'in-place applied-in-place',
    ]);
    expect(said.find((risk) => risk.rule === 'route-removed')?.message).toMatch(
      /^a\.example\.com\/.* is served no more/,
    );
  });

  test('configurations of programs, at the file', () => {
    const config = (receiver: string) =>
      allOf(
        `{ apiVersion: v1, kind: ConfigMap, metadata: { name: conf, namespace: shop }, data: { alertmanager.yml: '{ route: { receiver: ${receiver} }, receivers: [{ name: team }] }' } }`,
        workloadOf({
          name: 'alertmanager',
          pod: 'volumes: [{ name: c, configMap: { name: conf } }]',
          container:
            'args: [--config.file=/etc/alertmanager/alertmanager.yml], volumeMounts: [{ name: c, mountPath: /etc/alertmanager }]',
        }).replace(/image: [^,}]+/, "image: 'prom/alertmanager:v0.28.0'"),
      );
    expect(classed(ID, config('team'), config('teem'))).toEqual([
      'disruption ConfigMap/shop/conf data["alertmanager.yml"]',
    ]);
    expect(messagesOf(ID, config('team'), config('teem')).join()).toContain('perhaps "team" is meant');
    expect(classed(ID, config('teem'), config('team'))).toEqual([]);
  });
});

describe('what somebody lives with', () => {
  const blocked = (note: string, more = '') =>
    allOf(
      replicas(2),
      `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
${note}  minAvailable: 2${more}`,
    );
  const before = allOf(replicas(3), budget('minAvailable: 2'));
  test.each([
    ['no comment', '', '', 1],
    ['a comment above', '  # strata: ignore pdb-allows-eviction we drain by hand\n', '', 0],
    ['a comment beside', '', ' # strata: ignore pdb-allows-eviction we drain by hand', 0],
    ['a comment without a reason', '  # strata: ignore pdb-allows-eviction\n', '', 1],
    ['a comment about something else', '  # strata: ignore pdb-single we drain by hand\n', '', 1],
    [
      'a comment elsewhere',
      '',
      '\n  # strata: ignore pdb-allows-eviction we drain by hand\n  unhealthyPodEvictionPolicy: AlwaysAllow',
      1,
    ],
  ])('%s', (_, note, more, count) => {
    expect(classed(ID, before, blocked(note, more))).toHaveLength(count);
  });

  const suppression = (object: string, reason: string) => ({
    ...{ check: 'pdb-allows-eviction', object, reason },
    at: { file: '.strata.yaml', line: 1, column: 1, path: 'suppress[0]' },
  });
  const told = (livedWith?: LivedWith) => {
    const [was, is] = [worldOf(before, { complete: true }), worldOf(blocked(''), { complete: true })];
    return targetChange('shop', was, is, undefined, livedWith).risks.filter(({ rule }) => rule === ID).length;
  };
  test('by a list, for an object or for some', () => {
    const asks = () => true;
    expect(told()).toBe(1);
    for (const object of ['PodDisruptionBudget/shop/web', 'PodDisruptionBudget/*/web'])
      expect(told({ suppressions: [suppression(object, 'we drain by hand')], asks })).toBe(0);
    for (const [object, reason] of [
      ['PodDisruptionBudget/shop/other', 'we drain by hand'],
      ['PodDisruptionBudget/shop/web', ' '],
    ] as const)
      expect(told({ suppressions: [suppression(object, reason)], asks })).toBe(1);
  });
  test('by a check that is skipped, or that is advice alone', () => {
    expect(told({ suppressions: [], asks: (check) => check !== 'pdb-allows-eviction' })).toBe(0);
    expect(told({ suppressions: [], asks: (check) => check !== 'pdb-single' })).toBe(1);
  });
  test('.strata.yaml says which', () => {
    const folder = mkdtempSync(join(tmpdir(), 'strata-lived-'));
    const of = (text: string) => {
      const file = join(folder, 'a.yaml');
      writeFileSync(file, text);
      return livedWithIn(file);
    };
    try {
      const own = of(
        "suppress: [{ check: pdb-allows-eviction, object: 'PodDisruptionBudget/*/*', reason: by hand }]\n",
      );
      expect(told(own)).toBe(0);
      expect(told(of('skip: [disruption]\n'))).toBe(0);
      expect(told(of('severity: { pdb-allows-eviction: advice }\n'))).toBe(0);
      expect(told(of('skip: [scheduling]\n'))).toBe(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('which change it is told at, and what is told already', () => {
  const two = budget('minAvailable: 2');
  const rulesOf = (name: string, ...exprs: readonly string[]) =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: ${name}, namespace: shop }, spec: { groups: [{ name: g, rules: [${exprs.map((expr, i) => `{ alert: A${i}, expr: '${expr}' }`).join(', ')}] }] } }`;

  test('a program that is told to read another file is one that breaks', () => {
    const of = (file: string) =>
      allOf(
        `{ apiVersion: v1, kind: ConfigMap, metadata: { name: conf, namespace: shop }, data: { a.yml: '{ route: { receiver: team }, receivers: [{ name: team }] }', b.yml: '{ route: { receiver: team }, receivers: [{ name: other }] }' } }`,
        workloadOf({
          name: 'alertmanager',
          pod: 'volumes: [{ name: c, configMap: { name: conf } }]',
          container: `args: [--config.file=/etc/alertmanager/${file}], volumeMounts: [{ name: c, mountPath: /etc/alertmanager }]`,
        }).replace(/image: [^,}]+/, "image: 'prom/alertmanager:v0.28.0'"),
      );
    expect(classed(ID, of('a.yml'), of('b.yml'))).toEqual(['disruption Deployment/shop/alertmanager']);
    expect(classed(ID, of('b.yml'), of('a.yml'))).toEqual([]);
  });

  test('a budget that an operator made is its business', () => {
    const owner = '{ apiVersion: example.com/v1, kind: Cache, metadata: { name: web, namespace: shop } }';
    const made = two.replace(
      'namespace: shop }',
      'namespace: shop, ownerReferences: [{ apiVersion: example.com/v1, kind: Cache, name: web, uid: u, controller: true }] }',
    );
    expect(classed(ID, allOf(owner, replicas(3), made), allOf(owner, replicas(2), made))).toEqual([]);
    expect(classed(ID, allOf(owner, replicas(3), two), allOf(owner, replicas(2), two))).toHaveLength(1);
  });

  test('what was broken under another name is not new; what breaks a second time in the same words is', () => {
    expect(classed(ID, rulesOf('r', 'up =='), rulesOf('s', 'up =='))).toEqual([]);
    expect(messagesOf(ID, rulesOf('r', 'up ==', 'up'), rulesOf('r', 'up ==', 'up =='))).toHaveLength(1);
  });

  test('what another rule tells of something else does not silence it', () => {
    const other = (bound: string) => allOf(replicas(3, 'api'), budget(bound, 'api', 'app: api'));
    const [before, after] = [
      allOf(other('minAvailable: 2'), replicas(3), two),
      allOf(other('minAvailable: 3'), replicas(2), two),
    ];
    expect(classed('budget-blocks', before, after)).toHaveLength(1);
    expect(classed(ID, before, after)).toEqual(['disruption Deployment/shop/web spec.replicas']);
  });

  test('an object that goes is the cause, also where the one that breaks changes beside it', () => {
    const virtual = (note: string) =>
      allOf(
        '{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { ports: [{ port: 80 }] } }',
        `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: web, namespace: shop, labels: { a: ${note} } }, spec: { hosts: [web], http: [{ route: [{ destination: { host: web, subset: v1 } }] }] } }`,
      );
    const subsets =
      '{ apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: { name: web, namespace: shop }, spec: { host: web, subsets: [{ name: v1, labels: { version: v1 } }] } }';
    expect(classed(ID, allOf(virtual('b'), subsets), virtual('c'))).toEqual(['disruption DestinationRule/shop/web']);
  });
});

describe('what a check says will break', () => {
  /** Told otherwise, or not as a change: why. */
  const LOWER: Readonly<Record<string, string>> = {
    'duplicate-object': 'each of the objects has its own change',
    'server-fields-unset': 'what the API server gave is no change',
    'namespace-declared': 'the object in the other namespace is new: it worked for nobody',
    'alert-tests-pass': 'promtool is asked, which no rule of risk does',
    'hpa-field-by-version': 'what the API server drops is no change',
    // Secrets that never stood here may be made by hand.
    'ingress-tls-secret': 'what never stood here',
    'ingress-auth-secret': 'what never stood here',
  };
  const broken = checks.filter(({ severity, id }) => severity === 'will-break' && !(id in LOWER));
  test.each(broken.map((check) => [check.id, check] as const))('%s', (_, { example }) => {
    const surroundings = { complete: true, ...(example.facts === undefined ? {} : { facts: example.facts }) };
    const [was, is] = [worldOf(example.fixed, surroundings), worldOf(example.broken, surroundings)];
    const risks = risksOf({ before: was, after: is, changes: objectChanges(was, is) });
    expect(isAtLeast(worstOf(risks.map((risk) => risk.class)), 'disruption')).toBe(true);
  });
  test('is not told beside a rule that tells it of the same field, nor of an object that is new', () => {
    const pod = (user: number) =>
      workloadOf({ pod: `securityContext: { runAsNonRoot: true, runAsUser: ${user} }`, container: 'tty: true' });
    expect(messagesOf(ID, pod(1000), pod(0))).toEqual([expect.stringContaining('CreateContainerConfigError')]);
    expect(messagesOf(ID, '', pod(0))).toEqual([]);
    const service = (selector: string) =>
      `{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { selector: { app: ${selector} }, ports: [{ port: 80 }] } }`;
    const [before, after] = [allOf(workloadOf(), service('web')), allOf(workloadOf(), service('wbe'))];
    expect(messagesOf(ID, before, after)).toHaveLength(1);
    const both = risksBetween([ID, 'service-cut'], before, after).map(({ rule }) => rule);
    expect(both).toEqual(['service-cut']);
  });
  test('advice is told where a scrape comes too late for what asks for it', () => {
    const monitor = (interval: string) =>
      `{ apiVersion: monitoring.coreos.com/v1, kind: PodMonitor, metadata: { name: web, namespace: shop }, spec: { selector: { matchLabels: { app: web } }, podMetricsEndpoints: [{ port: metrics, interval: ${interval} }] } }`;
    const prometheus =
      '{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: main, namespace: shop }, spec: { podMonitorSelector: {} } }';
    expect(messagesOf(ID, allOf(monitor('30s'), prometheus), allOf(monitor('10m'), prometheus))).toEqual([
      expect.stringContaining('absent for 5m'),
    ]);
    expect(messagesOf(ID, allOf(monitor('30s'), prometheus), allOf(monitor('1m'), prometheus))).toEqual([]);
  });
});
