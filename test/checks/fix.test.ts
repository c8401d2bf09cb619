import fc from 'fast-check';
import type { Check } from '../../checks/check';
import type { ReportedFinding } from '../../checks/finding';
import { fixesOf } from '../../checks/fix';
import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import type { Surroundings } from './judging';
import { all, configMap, namespace, service, workload, worldOf } from './judging';

const judged = (text: string, surroundings?: Surroundings) => runChecks(worldOf(text, surroundings), checks);
const fixesIn = (text: string, findings: readonly ReportedFinding[]) => fixesOf(findings, () => ({ text }));
/** The text with all repairs, as often as there are some. */
function fixed(text: string, surroundings?: Surroundings): string {
  let now = text;
  for (let round = 0; round < 5; round++) {
    const next = fixesIn(now, judged(now, surroundings)).texts.get('manifests.yaml');
    if (next === undefined || next === now) return now;
    now = next;
  }
  throw new Error(`is never done: ${now}`);
}
const placeOf = ({ check, object, path }: ReportedFinding) => `${check} ${object} ${path}`;

/** The lines that differ, old and new. */
function changed(before: string, after: string): string[] {
  const [was, is] = [before.split('\n'), after.split('\n')];
  return [
    ...was.filter((line) => !is.includes(line)).map((line) => `-${line.trim()}`),
    ...is.filter((line) => !was.includes(line)).map((line) => `+${line.trim()}`),
  ];
}

const repairable = checks.filter(({ example }) =>
  judged(example.broken, example).some(({ repair }) => repair !== undefined),
);

test('the examples of these checks can be repaired', () => {
  expect(repairable.map(({ id }) => id)).toEqual(
    expect.arrayContaining([
      'duplicate-yaml-key',
      'restart-policy',
      'schema-valid',
      'unknown-field',
      'configmap-exists',
      'secret-key-exists',
    ]),
  );
});

/** Other ways to write the same: line ends, comments, a second document before it. */
const STYLES: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => `# a comment\n${text}# the end`,
  (text) => text.replace(/^( *)(\w+:)/gm, '$1# about the next line\n$1$2'),
];

test('what is repaired is found no more, what is right stays, and a second time changes nothing', () => {
  fc.assert(
    fc.property(fc.constantFrom<Check>(...repairable), fc.constantFrom(...STYLES), ({ id, example }, style) => {
      const text = style(example.broken);
      const before = judged(text, example);
      const { fixed: made, texts } = fixesIn(text, before);
      const after = texts.get('manifests.yaml') ?? text;
      const left = new Set(judged(after, example).map(placeOf));
      expect({ id, left: made.map(placeOf).filter((place) => left.has(place)) }).toEqual({ id, left: [] });
      const done = fixed(text, example);
      expect(fixed(done, example)).toBe(done);
      expect(fixesIn(done, judged(done, example)).fixed).toEqual([]);
      expect(done.split('\r\n').length - 1).toBe(text.includes('\r\n') ? done.split('\n').length - 1 : 0);
    }),
    { numRuns: 60 },
  );
});

test('what every check takes for right is not changed', () => {
  for (const { id, example } of checks)
    expect([
      id,
      fixesIn(
        example.fixed,
        judged(example.fixed, example).filter(({ check }) => check === id),
      ).fixed,
    ]).toEqual([id, []]);
});

const pod = (container: string, more: Parameters<typeof workload>[0] = {}) => workload({ container, ...more });
const template = (kind: string, version: string, spec: string) =>
  `\napiVersion: ${version}\nkind: ${kind}\nmetadata: { name: r, namespace: shop }\nspec:\n${spec}`;

describe('repairs', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'a misspelt ConfigMap in an init container of a StatefulSet',
      all(
        namespace,
        workload({
          kind: 'StatefulSet',
          spec: 'serviceName: web',
          pod: "initContainers: [{ name: i, image: 'a:1', envFrom: [{ configMapRef: { name: web-confg } }] }]",
        }),
        configMap('web-config', 'a: b'),
      ),
      ['web-confg', 'web-config'],
    ],
    [
      'a misspelt key of a ConfigMap',
      all(
        namespace,
        pod('env: [{ name: A, valueFrom: { configMapKeyRef: { name: c, key: passwrod } } }]'),
        configMap('c', 'password: b'),
      ),
      ['passwrod', 'password'],
    ],
    [
      'the targetPort of a Service, where its pods have one port only',
      all(
        namespace,
        pod('ports: [{ name: http, containerPort: 80 }]'),
        service('selector: { app: web }, ports: [{ port: 80, targetPort: web }]'),
      ),
      ['targetPort: web', 'targetPort: http'],
    ],
    [
      'a misspelt label of a PodDisruptionBudget',
      all(
        namespace,
        pod(''),
        '{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: b, namespace: shop }, spec: { maxUnavailable: 1, selector: { matchLabels: { app: wbe } } } }',
      ),
      ['app: wbe', 'app: web'],
    ],
    [
      'a misspelt key of a label in a selector',
      all(
        namespace,
        workload({ labels: 'component: web' }),
        service('selector: { compnent: web }, ports: [{ port: 80 }]'),
      ),
      ['compnent', 'component'],
    ],
    [
      'a number in the label of a namespace',
      '{ apiVersion: v1, kind: Namespace, metadata: { name: shop, labels: { v: 1.10 } } }',
      ['v: 1.10', 'v: "1.10"'],
    ],
    [
      'a number in an annotation of a template',
      all(namespace, workload().replace('labels: { app: web } }', 'labels: { app: web }, annotations: { a: 0400 } }')),
      ['a: 0400', 'a: "0400"'],
    ],
    ['quotes around a boolean', all(namespace, pod("securityContext: { privileged: 'false' }")), ["'false'", 'false']],
    [
      'a misspelt field of an ephemeral volume',
      all(namespace, workload({ pod: 'volumes: [{ name: v, emptyDir: { sizeLimt: 1Gi } }]' })),
      ['sizeLimt', 'sizeLimit'],
    ],
    [
      'a version of RBAC that is gone',
      '{ apiVersion: rbac.authorization.k8s.io/v1beta1, kind: Role, metadata: { name: r, namespace: shop }, rules: [] }',
      ['k8s.io/v1beta1', 'k8s.io/v1'],
    ],
  ])('%s', (_, text, [from, to]) => {
    const after = fixed(text);
    expect(after).toBe(text.replace(from!, to!));
    expect(after).not.toBe(text);
  });

  test('a restartPolicy that a Job leaves out, in block style and with what else is there', () => {
    const text = template(
      'Job',
      'batch/v1',
      `  template:\n    spec:\n      # one container\n      containers:\n        - { name: a, image: 'a:1' }\n`,
    );
    expect(changed(text, fixed(text))).toEqual(['+restartPolicy: Never']);
  });
});

describe('leaves alone', () => {
  test.each<[string, string]>([
    [
      'a name that may be a misspelling of two',
      all(
        namespace,
        pod('envFrom: [{ configMapRef: { name: web-confg } }]'),
        configMap('web-config', 'a: b'),
        configMap('web-confog', 'a: b'),
      ),
    ],
    [
      'a name that is none',
      all(namespace, pod('envFrom: [{ configMapRef: { name: other } }]'), configMap('web-config', 'a: b')),
    ],
    [
      'a targetPort where there are several ports',
      all(
        namespace,
        pod('ports: [{ name: http, containerPort: 80 }, { name: admin, containerPort: 81 }]'),
        service('selector: { app: web }, ports: [{ port: 80, targetPort: web }]'),
      ),
    ],
    ['a number with a zero before it, in quotes', all(namespace, workload({ spec: "replicas: '03'" }))],
    [
      'a restartPolicy that is written',
      template(
        'Job',
        'batch/v1',
        `  template: { spec: { restartPolicy: Always, containers: [{ name: a, image: 'a:1' }] } }\n`,
      ),
    ],
    [
      'a budget of v1beta1 with an empty selector, which means the opposite in v1',
      '{ apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: { name: b, namespace: shop }, spec: { maxUnavailable: 1, selector: {} } }',
    ],
    [
      'an Ingress of v1beta1, which has other fields in v1',
      checks.find(({ id }) => id === 'api-removed')!.example.broken,
    ],
  ])('%s', (_, text) => expect(fixed(text)).toBe(text));
});
