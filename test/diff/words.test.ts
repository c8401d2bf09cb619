import { readAcceptedRisks } from '../../diff/accepted';
import { fleetOf } from '../../diff/fleet/fleet-of';
import { targetChange } from '../../diff/target-change';
import { commitMessage } from '../../report/diff/commit';
import { rolloutLines } from '../../report/diff/rollout';
import { diffText } from '../../report/diff/text';
import { worldOf } from '../checks/judging';
import { allOf, messagesOf, risksBetween, workloadOf } from './risks';

const change = (before: string, after: string) =>
  fleetOf([targetChange('t', worldOf(before, { complete: true }), worldOf(after, { complete: true }))]);
const text = (before: string, after: string) => diffText(change(before, after), { color: false, all: false });

describe('numbers and their words', () => {
  test.each([
    ['grace-shortened', workloadOf({ pod: 'terminationGracePeriodSeconds: 1' }), 'pods are killed 1 second after'],
    ['strategy-loosened', workloadOf({ spec: 'minReadySeconds: 1' }), 'goes on 1 second after'],
  ])('of one in %s', (id, after, expected) => {
    const before = workloadOf({ spec: 'minReadySeconds: 9' });
    expect(messagesOf(id, before, after).join()).toContain(expected);
  });

  const service = (name: string) =>
    `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: shop }, spec: { selector: { app: web }, ports: [{ port: 80 }] } }`;
  test.each([
    [[service('a')], 'Service a has no pod left'],
    [[service('a'), service('b')], 'Services a, b have no pod left'],
  ])('of Services that lose their pods', (services, expected) => {
    const before = allOf(workloadOf(), ...services);
    expect(messagesOf('workload-removed', before, allOf(...services)).join()).toContain(expected);
  });

  const set = (name: string, size: string) =>
    workloadOf({
      kind: 'StatefulSet',
      name,
      spec: `serviceName: web, volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } } }]`,
    });
  test('of changes that the API server refuses', () => {
    const back = (names: readonly string[]) =>
      rolloutLines(
        change(
          allOf(...names.map((name) => set(name, '1Gi'))),
          allOf(...names.map((name, i) => set(name, `${i + 2}Gi`))),
        ),
      ).at(-1);
    expect(back(['a'])).toMatch(/1 change of class immutable only happens .*, and so does its way back$/);
    expect(back(['a', 'b'])).toMatch(/2 changes of class immutable only happen .*, and so do their way back$/);
  });

  test('of what a list of accepted risks lacks', () => {
    const read = (fields: string) => () => readAcceptedRisks({ file: 'a.yaml', text: `- { ${fields} }` });
    expect(read('change: c1, reason: a')).toThrow('; expires is missing');
    expect(read('change: c1')).toThrow('; reason and expires are missing');
  });

  test('of rights are verbs on resources, also of those that are not named', () => {
    const role = (resources: string) =>
      allOf(
        `{ apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: { name: web, namespace: shop }, rules: [{ apiGroups: [''], resources: [${resources}], verbs: [get, list] }] }`,
        '{ apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: { name: web, namespace: shop }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: web }, subjects: [{ kind: ServiceAccount, name: web, namespace: shop }] }',
      );
    const [before, after] = [role('pods'), role('pods, services, endpoints, events, limitranges, configmaps')];
    expect(messagesOf('rbac-widened', before, after).join()).toMatch(
      /^ServiceAccount\/shop\/web may get, list services in shop; .*; and 2 more rights by RoleBinding\/shop\/\S+$/,
    );
    expect(text(before, after)).toContain('rules: 10 rights added\n');
  });
});

describe('what is said once', () => {
  const three = ['a', 'b', 'c'];
  const all = (image: (name: string, i: number) => string) =>
    allOf(...three.map((name, i) => workloadOf({ name }).replace(`example.com/${name}:1.4.0`, image(name, i))));
  const [before, after] = [all((name) => `${name}:1`), all((name, i) => `${name}:${i + 2}`)];

  test('is what to do about each restart', () => {
    expect(text(before, after).match(/ {2}restart: pods are replaced/g)).toHaveLength(3);
    expect(text(before, after).match(/kubectl rollout status/g)).toHaveLength(1);
    expect(commitMessage(change(before, after), []).match(/kubectl rollout status/g)).toHaveLength(1);
  });

  describe('that pods are replaced', () => {
    const replaced = (before: string, after: string) =>
      text(before, after)
        .split('\n')
        .filter((line) => /pods are replaced|stopped/.test(line) && !/^\d+ change/.test(line))
        .map((line) => line.trim().replace(/\. To do: .*/, ''));
    const of = (memory: string, { image = '1', grace = '', replicas = '2', env = '' } = {}) =>
      workloadOf({
        spec: `replicas: ${replicas}`,
        pod: grace && `terminationGracePeriodSeconds: ${grace}`,
        container: `resources: { limits: { memory: ${memory} } }${env && `, env: [{ name: A, value: ${env} }]`}`,
      }).replace('web:1.4.0', `web:${image}`);
    test('is said by the worst of what is worse', () => {
      const killed = 'disruption: web may take 1Gi (before: 2Gi) of memory: if it takes more, it is killed (OOMKilled)';
      expect(replaced(of('2Gi'), of('1Gi'))).toEqual([`${killed}; pods are replaced`]);
      expect(replaced(of('2Gi'), of('1Gi', { image: '2' }))).toEqual([`${killed}; pods are replaced`]);
      expect(replaced(of('2Gi', { grace: '60' }), of('2Gi', { grace: '5' }))).toEqual([
        expect.stringMatching(/^disruption: pods are killed 5 seconds .*; pods are replaced$/),
      ]);
    });
    test('and by itself where nothing is worse', () => {
      expect(replaced(of('2Gi'), of('2Gi', { env: 'a' }))).toEqual([
        'restart: pods are replaced by those of a new revision',
      ]);
    });
    test('is how a rollout interrupts', () => {
      const one = (image: string) =>
        of('2Gi', { image, replicas: '1' }).replace(
          'spec: { replicas',
          'spec: { strategy: { type: Recreate }, replicas',
        );
      expect(replaced(one('1'), one('2'))).toEqual([
        'disruption: the only pod is stopped before a new one starts (strategy Recreate): nothing serves until it is ready',
      ]);
    });
  });

  test('of less memory is that it is less, once', () => {
    const of = (memory: string) => workloadOf({ container: `resources: { limits: { memory: ${memory}, cpu: '1' } }` });
    expect(text(of('2Gi'), of('1Gi'))).not.toContain('capacity:');
    expect(text(of('1Gi'), of('2Gi'))).toContain('capacity: web is held to 2Gi of memory in place of 1Gi');
    expect(text(of('2Gi'), of('1Gi').replace("cpu: '1'", 'cpu: 500m'))).toContain('held to 500m of cpu');
  });

  test('but what to do about a danger is said with each', () => {
    const limits = (limit: string) =>
      allOf(...three.map((name, i) => workloadOf({ name, pod: `terminationGracePeriodSeconds: ${limit}${i}` })));
    expect(text(limits('9'), limits('2')).match(/To do: (?!watch)/g)!.length).toBeGreaterThanOrEqual(3);
  });

  test('is no period that Kubernetes takes by itself', () => {
    const rollout = (...more: string[]) =>
      rolloutLines(
        change(
          workloadOf({ pod: [...more, 'dnsPolicy: Default'].join(', ') }),
          workloadOf({ pod: [...more, 'hostname: a'].join(', ') }),
        ),
      );
    expect(rollout()[0]).toBe('Deployment/shop/web: 1 pod (maxSurge 1, maxUnavailable 0)');
    expect(rollout('terminationGracePeriodSeconds: 20')[0]).toMatch(/; an old one stops within 20 s$/);
  });
});

test('what to do about lost TLS is to keep TLS', () => {
  const ingress = (tls: string) =>
    `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: web, namespace: shop }, spec: { ${tls}rules: [{ host: a.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }] } }`;
  const [found] = risksBetween(
    ['guard-removed'],
    ingress('tls: [{ hosts: [a.example.com], secretName: a }], '),
    ingress(''),
  );
  expect(found?.advice).toMatch(/^keep TLS/);
});
