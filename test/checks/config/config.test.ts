import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import { configIn, configOf } from '../../../checks/config/config';
import { CONFIG } from '../../../checks/config/schema';
import { weighed } from '../../../checks/config/severity';
import { CONFIG_TEMPLATE } from '../../../checks/config/template';
import { problemsOf } from '../../../checks/config/validate';
import { checks } from '../../../checks/registry';
import { runChecks } from '../../../checks/run';
import { parseYaml } from '../../../manifests/reading/yaml/parse';
import type { StrataError } from '../../../model/errors';
import { newFolder } from '../../render/support';
import { all, worldOf } from '../judging';

const KNOWN = checks.map(({ id }) => id);
const read = (text: string) => configIn({ file: '.strata.yaml', text }, '/repo', '/repo', KNOWN);

describe('mistakes are errors that name the place and the way to mend them', () => {
  test.each([
    ['a key that nobody knows', 'declares: [a.yaml]\n', '.strata.yaml:1:1 declares', /did you mean declare\?/],
    ['a list in place of a text', 'cluster: [a]\n', '.strata.yaml:1:1 cluster', /a list, and should be a string/],
    [
      'a version without quotes',
      'skip: []\nkubernetes: 1.30\n',
      '.strata.yaml:2:1 kubernetes',
      /is a number \(YAML reads 1\.30 as 1\.3\), and should be a string\n {2}fix: quote it: '1\.30'/,
    ],
    ['a name that YAML reads as true', 'namespace: on\n', '.strata.yaml:1:1 namespace', /as true\)[^]*quote it: 'on'/],
    ['a name that is octal', 'skip: [0123]\n', '.strata.yaml:1:8 skip[0]', /reads 0123 as 83\)[^]*quote it: '0123'/],
    ['a file that is a number', 'cluster: 2024\n', '.strata.yaml:1:1 cluster', /is a number, and[^]*quote it: '2024'/],
    ['a value that is left out', 'cluster:\n', '.strata.yaml:1:1 cluster', /is empty[^]*fix: fill it in, or remove/],
    ['null', 'cluster: ~\n', '.strata.yaml:1:1 cluster', /is empty, and should be [^]*fix: fill it in, or remove/],
    [
      'a choice that is none, as a boolean',
      'fail-on: no\n',
      '.strata.yaml:1:1 fail-on',
      /write one of them: will-break/,
    ],
    ['a boolean in quotes', 'complete: "yes"\n', '.strata.yaml:1:1 complete', /write true or false/],
    ['a choice that is none', 'fail-on: advise\n', '.strata.yaml:1:1 fail-on', /did you mean advice/],
    [
      'a severity that is none',
      'severity:\n  image-pinned: error\n',
      '.strata.yaml:2:3 severity.image-pinned',
      /will-break, advice, off/,
    ],
    [
      'a suppression without its reason',
      'suppress:\n- check: naked-pod\n  object: Pod/a/b\n',
      '.strata.yaml:2:3 suppress[0]',
      /has no reason/,
    ],
    [
      'a rule with an empty message',
      "rules:\n- id: a\n  expression: 'true'\n  message: ''\n  fix: mend it\n",
      '.strata.yaml:4:3 rules[0].message',
      /is empty/,
    ],
    [
      'a rule with the id of a check',
      "rules:\n- { id: naked-pod, expression: 'true', message: m, fix: f }\n",
      '.strata.yaml:2:5 rules[0].id',
      /a check already/,
    ],
    [
      'two rules with one id',
      "rules:\n- { id: a, expression: 'true', message: m, fix: f }\n- { id: a, expression: 'true', message: m, fix: f }\n",
      '.strata.yaml:2:5 rules[0].id',
      /a check already/,
    ],
    [
      'an expression that is none',
      "rules:\n- { id: a, expression: 'object.', message: m, fix: f }\n",
      '.strata.yaml:2:12 rules[0].expression',
      /./,
    ],
    [
      'a severity of no check',
      'skip: []\nseverity:\n  image-pinned: advice\n  image-pined: advice\n',
      '.strata.yaml:4:3 severity.image-pined',
      /is no check[^]*did you mean image-pinned\?/,
    ],
    [
      'a severity that YAML reads as a truth value',
      'severity:\n  image-pinned: off\n',
      '.strata.yaml:2:3 severity.image-pinned',
      /quote it: 'off'/,
    ],
    [
      'the same with a capital',
      'severity:\n  image-pinned: Off\n',
      '.strata.yaml:2:3 severity.image-pinned',
      /quote it: 'off'/,
    ],
    [
      'a check that is none among those to skip',
      'skip: [security, naked-pdo]\n',
      '.strata.yaml:1:18 skip[1]',
      /naked-pdo is no check and no group of checks[^]*did you mean naked-pod\?/,
    ],
    ['no mapping', '- a\n', '.strata.yaml:1:1', /is a list, and should be a mapping/],
    ['broken YAML', 'a: {\n', '.strata.yaml:2:1', /./],
  ])('%s', (_, text, place, message) => {
    let error: Error | undefined;
    try {
      read(text);
    } catch (caught) {
      error = caught as Error;
    }
    expect(error?.message).toMatch(message);
    expect(error?.message.startsWith(`${place}:`)).toBe(true);
  });
  test('a severity of no check names the nearest', () =>
    expect(() => weighed(checks, { 'image-pined': 'off' })).toThrow(/did you mean image-pinned/));
});

describe('a rule that can never judge is an error before anything is judged', () => {
  const refusal = (expression: string, subject = 'object') => {
    try {
      read(
        `rules:\n- id: mine\n  for: ${subject}\n  expression: ${JSON.stringify(expression)}\n  message: m\n  fix: f\n`,
      );
      return undefined;
    } catch (error) {
      return error as StrataError;
    }
  };
  test.each([
    ['object.metadata.name ==', 'object', /does not compile: Syntax error: 1:22/, /write it in CEL/],
    ['objct.kind == "Pod"', 'object', /undeclared reference to 'objct'/, /did you mean object\?/],
    ['object.kind.starsWith("P")', 'object', /undeclared reference to 'starsWith'/, /did you mean startsWith\?/],
    ['container.image != ""', 'object', /undeclared reference to 'container'/, /add for: container/],
    ['pod.spec.hostNetwork == false', 'container', /undeclared reference to 'pod'/, /add for: pod/],
    ['object.kind == "Pod" && "no"', 'object', /no matching overload for '_&&_'/, /values of the types that it takes/],
    ['object.kind == "Pod" ? true : 1', 'object', /no matching overload for '_\?_:_'/, /types that it takes/],
    ['container.image.contains(1)', 'container', /no matching overload for 'contains'/, /types that it takes/],
    ['object.metadata.labels.all(k, k)', 'object', /no matching overload/, /types that it takes/],
  ])('%s does not compile', (expression, subject, found, fix) => {
    const error = refusal(expression, subject);
    expect(error?.place).toBe('.strata.yaml:4:3 rules[0].expression');
    expect(error?.found).toMatch(/^the expression of rule mine does not compile: /);
    expect(error?.found).toMatch(found);
    expect(error?.fixes.join()).toMatch(fix);
  });
  test.each([
    ['object.metadata.name', 'object', 'string'],
    ['container.image', 'container', 'string'],
    ['pod.metadata.labels', 'pod', 'map'],
    ['size(object.spec.containers)', 'object', 'int'],
    ['has(object.spec) ? "a" : "b"', 'object', 'string'],
    ['object.spec.containers.map(c, c.image)', 'object', 'list'],
    ["{'a': true}", 'object', 'map'],
    ['quantity("1")', 'object', 'Quantity'],
    ['object.metadata.name.indexOf("a")', 'object', 'int'],
    ['1u', 'object', 'uint'],
  ])('%s is never true or false', (expression, subject, type) => {
    const error = refusal(expression, subject);
    expect(error?.found).toBe(`the expression of rule mine must evaluate to bool, and is ${type}`);
    expect(error?.fixes.join()).toMatch(/compare the value/);
  });
  test.each([
    ["'metadata' in object && size(object.metadata.labels) > 0", 'object'],
    ["object['spec']['replicas'] > 1", 'object'],
    ["object.?metadata.?labels['team'].orValue('') != ''", 'object'],
    ['object.spec.paused', 'object'],
    ['container.?args.orValue([]).all(a, a.matches("^-"))', 'container'],
    ["container.image.findAll('[a-z]+', 2).size() == 2 || matches(object.kind, 'P.*')", 'container'],
    ["object.spec.kind == null ? object.spec.on : object.metadata.name != ''", 'object'],
    ["quantity('1Gi').isGreaterThan(quantity('1Mi'))", 'object'],
    ["{'a': true}.a", 'object'],
  ])('%s may be right', (expression, subject) => expect(refusal(expression, subject)).toBeUndefined());
});

test('rules of the file itself may have a severity and be left out', () => {
  const text =
    "severity: { mine: advice }\nskip: [mine]\nrules:\n- { id: mine, expression: 'true', message: m, fix: f }\n";
  expect(read(text).rules).toHaveLength(1);
});

test('an empty file, or one with comments alone, says nothing', () => {
  expect(read('').values).toEqual({});
  expect(read('# later\n').values).toEqual({});
});

test('the template says nothing as it is, and with every key uncommented it fits', () => {
  expect(read(CONFIG_TEMPLATE).values).toEqual({});
  const [first, ...blocks] = CONFIG_TEMPLATE.split('\n\n');
  expect(first).toMatch(/^# /);
  const uncommented = CONFIG_TEMPLATE.replace(/^# ((?: |[a-z-]+:).*)$/gm, '$1');
  expect(blocks.length).toBeGreaterThan(6);
  const value = parseYaml(uncommented).value as object;
  expect([...problemsOf(value, CONFIG)]).toEqual([]);
  expect(Object.keys(value).sort()).toEqual(Object.keys(CONFIG.properties!).sort());
  const home = newFolder();
  for (const path of ['vendor/argocd', 'live']) mkdirSync(join(home, path), { recursive: true });
  writeFileSync(join(home, 'elsewhere.yaml'), '');
  const config = configIn({ file: '.strata.yaml', text: uncommented }, home, home, KNOWN);
  expect(config.rules.map(({ id }) => id)).toEqual(['team-label', 'own-registry']);
});

test('the published schema accepts and refuses what strata does', () => {
  const published = new Ajv({ strict: false }).compile(CONFIG);
  for (const [text, fits] of [
    ['cluster: a\nskip: [b]\nseverity: { c: off }\n', false],
    ["cluster: a\nskip: [b]\nseverity: { c: 'off' }\n", true],
    ['declare: a\n', false],
    ['rules: [{ id: a }]\n', false],
    ["rules: [{ id: a, for: pod, expression: 'true', message: m, fix: f }]\n", true],
  ] as const) {
    const { value } = parseYaml(text);
    expect([text, published(value), [...problemsOf(value, CONFIG)].length === 0]).toEqual([text, fits, fits]);
  }
});

describe('a path that does not exist is an error that names it, its place and the nearest one', () => {
  const home = newFolder();
  mkdirSync(join(home, 'apps/web'), { recursive: true });
  writeFileSync(join(home, 'apps/elsewhere.yaml'), '');
  test.each([
    [
      'skip: []\ndeclare: [apps/elsewere.yaml]\n',
      '.strata.yaml:2:11 declare[0] apps/elsewere.yaml',
      'apps/elsewhere.yaml',
    ],
    ['namespaces: { apps/wbe: shop }\n', '.strata.yaml:1:15 namespaces["apps/wbe"]', 'apps/web'],
    ['namespaces: { app/web: shop }\n', '.strata.yaml:1:15 namespaces["app/web"]', 'apps/web'],
    ['previous: ./aps\n', '.strata.yaml:1:1 previous ./aps', 'apps'],
  ])('%j', (text, place, meant) => {
    // As a command in the folder would read it.
    const cwd = process.cwd();
    process.chdir(home);
    try {
      expect(() => configIn({ file: '.strata.yaml', text }, home, home, KNOWN)).toThrow(
        `${place}: does not exist\n  fix: name a file or folder that exists: did you mean ${meant}?`,
      );
    } finally {
      process.chdir(cwd);
    }
  });
});

describe('where it is found', () => {
  const root = mkdtempSync(join(tmpdir(), 'config-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const repository = join(root, 'repository');
  const deep = join(repository, 'apps/web');
  mkdirSync(deep, { recursive: true });
  mkdirSync(join(repository, '.git'));
  writeFileSync(join(root, '.strata.yaml'), 'complete: true\n');

  test('above the repository it is somebody else’s', () => expect(configOf(undefined, deep, KNOWN).values).toEqual({}));
  test('upwards, with its paths from where the command runs', () => {
    mkdirSync(join(repository, 'shared'));
    mkdirSync(join(repository, 'live'));
    writeFileSync(join(repository, 'shared/elsewhere.yaml'), '');
    writeFileSync(
      join(repository, '.strata.yaml'),
      'declare: [shared/elsewhere.yaml]\nprevious: live\ncluster: cloud\n',
    );
    expect(configOf(undefined, deep, KNOWN).values).toEqual({
      declare: ['../../shared/elsewhere.yaml'],
      previous: '../../live',
      cluster: 'cloud',
    });
  });
  test('the nearest counts', () => {
    writeFileSync(join(repository, 'apps/.strata.yaml'), 'fail-on: advice\n');
    expect(configOf(undefined, deep, KNOWN).values).toEqual({ 'fail-on': 'advice' });
  });
  test('one that is named must exist', () =>
    expect(() => configOf(join(root, 'none.yaml'), deep, KNOWN)).toThrow(/--config .*does not exist/));
});

test('severity weighs checks, and leaves out those that are off', () => {
  const left = weighed(checks, { 'image-pinned': 'will-break', 'naked-pod': 'off' });
  expect(left.find(({ id }) => id === 'image-pinned')?.severity).toBe('will-break');
  expect(left.map(({ id }) => id)).toEqual(KNOWN.filter((id) => id !== 'naked-pod'));
});

describe('rules of a team’s own', () => {
  const manifests = all(
    `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, labels: { team: front } }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      initContainers: [{ name: wait, image: docker.io/busybox:1.37 }]
      containers: [{ name: web, image: registry.example.com/web:1, ports: [{ containerPort: 80 }] }]
`,
    `{ apiVersion: batch/v1, kind: CronJob, metadata: { name: backup, namespace: ops }, spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: dump, image: quay.io/dump:2 }] } } } } } }`,
    `{ apiVersion: v1, kind: Secret, metadata: { name: key, namespace: shop }, stringData: { a: b } }`,
  );
  const saidBy = (rule: string) =>
    runChecks(worldOf(manifests), read(`rules:\n- ${rule}\n`).rules).map(
      ({ check, severity, verdict, object, path, value }) =>
        `${check} ${severity} ${verdict} ${object} ${path} ${JSON.stringify(value)}`,
    );
  const rest = 'message: m, fix: f';

  test('of objects: a label that must be there', () =>
    expect(
      saidBy(
        `{ id: team, kinds: [Deployment, CronJob], expression: "has(object.metadata.labels) && 'team' in object.metadata.labels", path: metadata.labels, ${rest} }`,
      ),
    ).toEqual(['team will-break fail CronJob/ops/backup metadata.labels null']));
  test('of containers, init containers included: allowed registries', () =>
    expect(
      saidBy(
        `{ id: registry, for: container, expression: "container.image.startsWith('registry.example.com/')", path: image, severity: advice, ${rest} }`,
      ),
    ).toEqual([
      'registry advice fail CronJob/ops/backup spec.jobTemplate.spec.template.spec.containers[0].image "quay.io/dump:2"',
      'registry advice fail Deployment/shop/web spec.template.spec.initContainers[0].image "docker.io/busybox:1.37"',
    ]));
  test('of pod templates, with the object beside them', () =>
    expect(
      saidBy(
        `{ id: pods, for: pod, expression: "object.kind != 'Deployment' || pod.metadata.labels.app == object.metadata.name + '2'", path: metadata.labels.app, ${rest} }`,
      ),
    ).toEqual(['pods will-break fail Deployment/shop/web spec.template.metadata.labels.app "web"']));
  test('forbid a kind in some namespaces, by patterns', () => {
    const forbidden = (namespaces: string) =>
      saidBy(`{ id: no-secrets, kinds: [Secret], namespaces: [${namespaces}], expression: 'false', ${rest} }`);
    expect(forbidden("'sh*'")).toEqual(['no-secrets will-break fail Secret/shop/key  null']);
    expect(forbidden("'sh'")).toEqual([]);
    expect(
      saidBy(`{ id: no-secrets, names: ['k?y', 'ke*'], kinds: [Secret], expression: 'false', ${rest} }`),
    ).toHaveLength(1);
  });
  test('numbers are whole numbers', () =>
    expect(saidBy(`{ id: two, kinds: [Deployment], expression: object.spec.replicas >= 2, ${rest} }`)).toEqual([]));
  test('one without a value is unknown, and never silent', () =>
    expect(saidBy(`{ id: deep, kinds: [Secret], expression: object.spec.replicas > 1, ${rest} }`)).toEqual([
      expect.stringMatching(/^deep will-break unknown Secret\/shop\/key/),
    ]));
});
