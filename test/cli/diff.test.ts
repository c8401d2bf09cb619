import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { newFolder } from '../render/support';
import { Project } from './project';

const IDENTITY = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];

/** The project of this repository in a repository of its own, with one commit. */
function committedProject() {
  const project = new Project();
  const git = (...args: string[]) =>
    execFileSync('git', [...IDENTITY, ...args], { cwd: project.folder, encoding: 'utf8' });
  writeFileSync(project.path('.gitignore'), 'node_modules/\n.strata/\ndist/\n');
  git('init', '--quiet', '--initial-branch', 'main');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'first');
  const edit = (path: string, from: string, to: string) => {
    const text = project.read(path);
    if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
    writeFileSync(project.path(path), text.replace(from, to));
  };
  return { project, git, edit };
}

const folder = newFolder();
let written = 0;
/** A file of manifests. */
const file = (text: string) => {
  const path = join(folder, `${written++}.yaml`);
  writeFileSync(path, text);
  return path;
};
const here = new Project();
const diff = (...args: string[]) => here.strata('diff', ...args);

const service = (port: number, name = 'web') =>
  `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: shop }, spec: { selector: { app: ${name} }, ports: [{ port: ${port} }] } }`;

describe('a change of the sources', () => {
  const { project, git, edit } = committedProject();
  const change = () => {
    git('checkout', '--quiet', '.');
    edit('environments/prod.ts', "{ cpu: '200m', memory: '128Mi'", "{ cpu: '300m', memory: '128Mi'");
  };

  test('is no change where nothing is rendered otherwise', () => {
    edit('environments/prod.ts', 'What people use.', 'What all people use.');
    expect(project.strata('diff')).toMatchObject({ status: 0, stdout: 'no change in 6 targets\n' });
  });

  test('of a setting that moves nothing is told, with the feature that decides in its place', () => {
    git('checkout', '--quiet', '.');
    edit('environments/prod.ts', 'replicas: because(3,', 'replicas: because(5,');
    const idle =
      'web.replicas: 3 → 5 (environment, environments/prod.ts:10: "one per zone: a zone may fail") moves nothing in prod@shared, prod@cloud: feature autoscaling decides in its place (strata explain prod@shared shows its settings)\n';
    expect(project.strata('diff').stdout).toBe(`${idle}no change in 6 targets\n`);
    // Beside what another setting moves, and not of what moves something.
    edit('environments/prod.ts', "{ cpu: '200m', memory: '128Mi'", "{ cpu: '300m', memory: '128Mi'");
    const { stdout } = project.strata('diff');
    expect(stdout.match(/moves nothing/g)).toHaveLength(1);
    expect(stdout).toContain(idle);
    git('checkout', '--quiet', '.');
    edit('environments/dev.ts', 'replicas: because(1,', 'replicas: because(2,');
    // Of two targets the one alone has the feature.
    expect(project.strata('diff').stdout.match(/.*moves nothing.*/g)).toEqual([
      expect.stringMatching(
        /^web\.replicas: 1 → 2 .* moves nothing in dev@kind: feature autoscaling decides in its place/,
      ),
    ]);
  });

  test('is told once for all of its targets, with the setting, its layer and its line, and how its pods are replaced', () => {
    change();
    const { status, stdout } = project.strata('diff');
    expect(status).toBe(0);
    expect(stdout).toContain(
      [
        'capacity  Deployment/course-prod/web in prod@shared, prod@cloud',
        '  spec.template.spec.containers[web].resources.requests.cpu: "200m" → "300m"',
        '  capacity: web asks for 300m of cpu in place of 200m, in each of 3 to 8 pods, in prod@shared',
        '  capacity: web asks for 300m of cpu in place of 200m, in each of 3 to 12 pods, in prod@cloud. To do: ask whether the pods fit: strata plan capacity',
      ].join('\n'),
    );
    expect(stdout).toContain(
      '  by web.resources.cpu: "200m" → "300m" (environment, environments/prod.ts:14: "four times the default: people wait for it")\n',
    );
    expect(stdout).toContain('Deployment/web in prod@shared, prod@cloud: 3 pods (maxSurge 1, maxUnavailable 0)');
    expect(stdout).toMatch(/\n1 change in 2 of 6 targets; the worst is capacity: .*\n$/);
  });

  test('is kept back by its class until somebody accepts it, once and for a time', () => {
    change();
    const refused = project.strata('diff', '--fail-on', 'restart');
    expect(refused.status).toBe(1);
    const [, mark] = /- change: (c[0-9a-f]{11}) # Deployment/.exec(refused.stdout)!;
    const accept = (expires: string) =>
      writeFileSync(
        project.path('accepted-risks.yaml'),
        `- { change: ${JSON.stringify(mark)}, reason: announced, expires: ${expires} }\n`,
      );
    accept('2999-12-31');
    expect(project.strata('diff', '--fail-on', 'restart')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`accepted ${mark} (accepted-risks.yaml:1): announced`),
    });
    accept('2020-01-01');
    expect(project.strata('diff', '--fail-on', 'restart')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining(`accepted-risks.yaml:1: ${mark} was accepted until 2020-01-01`),
    });
    accept('2999-12-31');
    edit('environments/prod.ts', "cpu: '300m'", "cpu: '400m'");
    const other = project.strata('diff', '--fail-on', 'restart');
    expect([other.status, other.stdout]).toEqual([
      1,
      expect.stringContaining(`no change has the mark ${mark}: remove it`),
    ]);
    writeFileSync(project.path('accepted-risks.yaml'), '- { change: x, reson: y, expires: 2999-12-31 }\n');
    expect(project.strata('diff', '--fail-on', 'restart')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(
        'accepted-risks.yaml:1: an accepted risk has no field reson; did you mean reason?',
      ),
    });
  });

  test('is compared between revisions too, which touches neither files nor the index', () => {
    change();
    git('commit', '--quiet', '--all', '--message', 'second');
    const before = git('status', '--porcelain');
    expect(project.strata('diff', 'HEAD~1', 'HEAD').stdout).toContain('"200m" → "300m"');
    expect(project.strata('diff', 'HEAD', 'HEAD~1').stdout).toContain('"300m" → "200m"');
    expect(project.strata('diff').stdout).toBe('no change in 6 targets\n');
    expect(git('status', '--porcelain')).toBe(before);
    git('reset', '--quiet', '--hard', 'HEAD~1');
  });

  test('of the packages is said, because each side is rendered with those that are installed', () => {
    git('checkout', '--quiet', '.');
    edit('package-lock.json', '"lockfileVersion": 3', '"lockfileVersion":  3');
    expect(project.strata('diff')).toMatchObject({
      stdout: 'no change in 6 targets\n',
      stderr: 'HEAD asks for other packages: it is rendered with those that are installed now\n',
    });
    git('checkout', '--quiet', '.');
  });

  test('of the matrix is a target that comes or goes', () => {
    git('checkout', '--quiet', '.');
    edit(
      'environments/matrix.ts',
      '  target(dev, shared, [prometheus, networkPolicies, uptimeKuma, workloadZoo]),\n',
      '',
    );
    const { stdout } = project.strata('diff');
    expect(stdout).toMatch(
      /^disruption {2}target dev@shared is gone: \d+ objects\n {2}disruption: Namespace\/course-dev: it stays, with all else/,
    );
    git('checkout', '--quiet', '.');
  });

  test('of the only target that is asked for is no comparison of two', () => {
    git('checkout', '--quiet', '.');
    edit(
      'environments/matrix.ts',
      '  target(dev, shared, [prometheus, networkPolicies, uptimeKuma, workloadZoo]),\n',
      '  target(dev, cloud, [prometheus, networkPolicies]),\n',
    );
    const { stdout } = project.strata('diff', '--target', 'dev@shared', '--target', 'dev@cloud');
    expect(stdout).toContain('target dev@cloud is new');
    expect(stdout).toContain('target dev@shared is gone');
    git('checkout', '--quiet', '.');
  });

  test('is compared with a rendered tree of which only some targets are asked for', () => {
    git('checkout', '--quiet', '.');
    expect(project.strata('render').status).toBe(0);
    expect(project.strata('diff', 'dist', '--target', 'dev@kind')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^no change in /),
    });
  });

  test('of code is told by the line that makes the object', () => {
    git('checkout', '--quiet', '.');
    edit('constructs/app/redis.ts', "'maxmemory-policy noeviction'", "'maxmemory-policy allkeys-lru'");
    const { stdout } = project.strata('diff', '--target', 'dev@kind');
    expect(stdout).toContain('+maxmemory-policy allkeys-lru');
    expect(stdout).toMatch(/by the code: constructs\/core\/config\.ts:\d+/);
    git('checkout', '--quiet', '.');
  });

  test('of what is said of a cluster or an environment is told by where that is declared', () => {
    git('checkout', '--quiet', '.');
    edit('clusters/cloud.ts', "domain: 'cloud.example.com'", "domain: 'clouds.example.com'");
    expect(project.strata('diff', '--target', 'prod@cloud').stdout).toContain(
      '  by domain: "cloud.example.com" → "clouds.example.com" (cluster cloud, clusters/cloud.ts:4)\n',
    );
    git('checkout', '--quiet', '.');
    // A feature that goes is not in its file any more where it is used: the row of the matrix is what changed.
    edit('environments/matrix.ts', 'networkPolicies, disruptionBudgets, zoneSpread]', 'networkPolicies, zoneSpread]');
    const rows = project.read('environments/matrix.ts').split('\n');
    const row = rows.findIndex((line) => line.includes('target(prod, cloud,')) + 1;
    expect(project.strata('diff', '--target', 'prod@cloud').stdout).toContain(
      `  by feature disruption-budgets, removed (environments/matrix.ts:${row})\n`,
    );
    git('checkout', '--quiet', '.');
    // What hands the targets over follows from them.
    edit('environments/matrix.ts', 'networkPolicies, uptimeKuma, workloadZoo])', 'networkPolicies, workloadZoo])');
    expect(project.strata('diff').stdout).toMatch(
      /AppProject\/argocd\/course-dev in delivery\n {2}spec\.destinations:\n(?: {4}.*\n)* {2}by feature uptime-kuma, removed \(environments\/matrix\.ts:\d+\)\n/,
    );
    git('checkout', '--quiet', '.');
    edit(
      'environments/dev.ts',
      'ephemeral: true',
      "ephemeral: false, secretsInGit: 'nobody else reads this repository'",
    );
    expect(project.strata('diff', '--target', 'dev@kind').stdout).toMatch(
      /\n {2}by ephemeral: true → false \(environment dev, environments\/dev\.ts:\d+\)\n/,
    );
    git('checkout', '--quiet', '.');
  });

  test('is not told of a target that neither side has', () => {
    expect(project.strata('diff', '--target', 'nosuch@kind')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('nosuch@kind: no target has this name'),
    });
  });
});

test('a commit to the GitOps repository says what moved it, what to do and how to go back', () => {
  const { project, git, edit } = committedProject();
  const repo = newFolder();
  const inRepo = (...args: string[]) => execFileSync('git', [...IDENTITY, ...args], { cwd: repo, encoding: 'utf8' });
  inRepo('init', '--quiet', '--initial-branch', 'main');
  inRepo('config', 'user.name', 'a');
  inRepo('config', 'user.email', 'a@example.com');
  inRepo('commit', '--quiet', '--allow-empty', '--message', 'empty');
  const publish = () => {
    expect(project.strata('publish', '--repo', repo)).toMatchObject({ status: 0 });
    return inRepo('log', '-1', '--format=%B');
  };
  const change = (from: string, to: string, isCommitted = true) => {
    edit('environments/prod.ts', from, to);
    if (isCommitted) git('commit', '--quiet', '--all', '--message', 'change');
  };
  publish();
  change("{ cpu: '200m', memory: '128Mi'", "{ cpu: '300m', memory: '128Mi'");
  const message = publish();
  for (const line of [
    'prod@cloud, prod@shared: 1 change, capacity',
    'To do: ask whether the pods fit: strata plan capacity',
    'by web.resources.cpu: "200m" → "300m" (environment, environments/prod.ts:14: "four times the default: people wait for it")',
    'Rolling out:\n  Deployment/web in all 2 targets: 3 pods (maxSurge 1, maxUnavailable 0)',
    'The way back: revert this commit',
  ])
    expect(message).toContain(line);
  // Of sources that nobody committed it is not known what was there before.
  change("{ cpu: '300m', memory: '128Mi'", "{ cpu: '400m', memory: '128Mi'", false);
  expect(publish()).toContain('by web.resources.cpu: "300m" → "400m"');
  change("{ cpu: '400m', memory: '128Mi'", "{ cpu: '500m', memory: '128Mi'");
  expect(publish()).not.toContain('  by ');
});

describe('one target', () => {
  const { project, edit } = committedProject();
  edit('environments/prod.ts', "{ cpu: '200m', memory: '128Mi'", "{ cpu: '300m', memory: '128Mi'");
  expect(project.strata('render').status).toBe(0);
  const lastOf = (...words: string[]) =>
    project
      .strata('diff', ...words)
      .stdout.trimEnd()
      .split('\n')
      .at(-1);

  test.each([
    [['prod@cloud'], '1 change in prod@cloud; '],
    [['staging@cloud'], 'no change in staging@cloud'],
    [['prod@*'], '1 change in 2 of 2 targets; '],
    [['HEAD', 'prod@cloud'], '1 change in prod@cloud; '],
    [['prod@cloud', 'HEAD'], '1 change in prod@cloud; '],
    [['prod@cloud', 'dist'], 'no change in prod@cloud'],
    [['dist', 'prod@*'], 'no change in 2 targets'],
  ])('%j is compared with itself alone', (words, expected) => {
    expect(lastOf(...words)).toMatch(new RegExp(`^${expected.replace('*', '\\*')}`));
  });

  test.each([
    [['prod@cloud', '--target', 'dev@kind'], 'means nothing where a target is named: prod@cloud'],
    [['one.yaml'], 'one.yaml: is one set of manifests, and is compared with 6 targets'],
    [['prod@*', 'one.yaml'], 'one.yaml: is one set of manifests, and is compared with 2 targets'],
  ])('%j is refused', (words, expected) => {
    writeFileSync(project.path('one.yaml'), service(80));
    expect(project.strata('diff', ...words)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(expected),
    });
  });

  test('is compared with the one set of manifests that is named with it', () => {
    writeFileSync(project.path('one.yaml'), service(80));
    expect(lastOf('one.yaml', 'prod@cloud')).toContain('in one.yaml → prod@cloud; ');
  });
});

test('two targets are told apart by the settings of their layers, without their names', () => {
  const { stdout } = diff('staging@cloud', 'prod@cloud');
  expect(stdout).toContain('HorizontalPodAutoscaler/course-prod/web\n  spec.maxReplicas: 4 → 12\n');
  expect(stdout).toMatch(/by autoscaling\.max: 4 \(environment, .*\) → 12 \(target, .*\): spec\.maxReplicas\n/);
  // Objects that are gone are named with their namespace.
  expect(stdout).not.toMatch(/course-staging(?!\/)/);
  expect(stdout).toMatch(/\n\d+ differences in staging@cloud → prod@cloud\n$/);
});

test('two environments are compared cluster by cluster, and are no change that could be refused', () => {
  expect(diff('staging@*', 'prod@*').stdout).toMatch(/\n\d+ differences in 2 of 2 targets\n$/);
  expect(diff('dev@*', 'prod@*').stderr).toContain('are not one target on each side for every cluster');
  expect(diff('staging@cloud', 'prod@cloud', '--fail-on', 'restart')).toMatchObject({ status: 2, stdout: '' });
});

describe('manifests', () => {
  test('of files, folders and standard input', () => {
    const [old, now] = [file(service(80)), file(service(81))];
    expect(diff(old, now).stdout).toContain(
      'Service/shop/web\n  spec.ports[80]: {"port":80} removed\n  spec.ports[81]: {"port":81} added',
    );
    expect(here.strataWith({ input: service(80) }, 'diff', '-', old).stdout).toContain('no change in');
  });

  test('that cannot be read are told, and the rest is compared', () => {
    const result = diff(file(service(80)), file(`${service(80)}\n---\n{ a: [ }`));
    expect([result.status, result.stderr]).toEqual([2, expect.stringMatching(/\.yaml:3:/)]);
  });

  test('what a Secret holds is in no report', () => {
    const secret = (value: string) =>
      `{ apiVersion: v1, kind: Secret, metadata: { name: s, namespace: shop }, stringData: { password: ${value} } }`;
    const both = [file(secret('hunter2')), file(secret('hunter3'))];
    for (const format of ['text', 'json', 'markdown', 'html']) {
      const { stdout } = diff(...both, '--format', format, '--all');
      expect(stdout).toContain('password');
      expect(stdout).not.toMatch(/hunter|aHVudGVy/);
    }
    // kubectl's copy of it, and what a variable holds that is called like a secret.
    const applied = (value: string) =>
      `{ apiVersion: v1, kind: Secret, metadata: { name: s, namespace: shop, annotations: { kubectl.kubernetes.io/last-applied-configuration: '{"data":{"p":"${value}"}}' } }, data: { p: ${Buffer.from(value).toString('base64')} } }`;
    const variable = (value: string) =>
      `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web, namespace: shop }, spec: { selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'web:1', env: [{ name: DB_PASSWORD, value: ${value} }] }] } } } }`;
    for (const make of [applied, variable]) {
      const { stdout } = diff(file(make('hunter2')), file(make('hunter3')), '--all');
      expect(stdout).toContain('not shown');
      expect(stdout).not.toMatch(/hunter|aHVudGVy/);
    }
    expect(diff(file(variable('x').replace(/, env: .*?\}\]/, '')), file(variable('hunter3'))).stdout).not.toContain(
      'hunter3',
    );
  });

  test('have marks that do not depend on where the files stand', () => {
    const marks = () =>
      JSON.parse(diff(file(service(80)), file(service(81)), '--format', 'json').stdout).changes[0].mark;
    expect(marks()).toMatch(/^c[0-9a-f]{11}$/);
    expect(marks()).toBe(marks());
  });

  test('that cannot be read are named in every report, so that nobody takes them for gone', () => {
    for (const format of ['text', 'json', 'markdown', 'html'])
      expect(diff(file(service(80)), file('{ a: [ }'), '--format', format)).toMatchObject({
        status: 2,
        stdout: expect.stringMatching(format === 'json' ? /"unreadable": \[/ : /not all could be read/),
      });
  });

  describe('of which a part cannot be read', () => {
    const place = (files: Readonly<Record<string, string>>) => {
      const root = newFolder();
      for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
      return root;
    };
    const whole = { 'web.yaml': service(80), 'api.yaml': service(80, 'api'), 'job.json': '{}' };
    const bad: readonly (readonly [string, string])[] = [
      ['bad YAML', `${service(80, 'api').slice(0, -4)}`],
      ['bad YAML that looks like no manifest', '{ a: [ }'],
      ['a template', '{{ if .Values.api }}\na: 1\n{{ end }}'],
      ['bytes that are no text', '\u0000\ud800'],
    ];

    test.each(bad)('%s is not told as gone or new, and counts for --fail-on', (_, text) => {
      const [full, partly] = [place(whole), place({ ...whole, 'web.yaml': service(81), 'api.yaml': text })];
      const gone = diff(full, partly, '--fail-on', 'data-loss');
      expect(gone.status).toBe(2);
      expect(gone.stdout).not.toContain('gone:');
      expect(gone.stdout).toContain('not known: whether Service/shop/api is still there\n');
      expect(gone.stdout).toMatch(/\n1 change in .*; what becomes of 1 object is not known\n/);
      expect(gone.stdout).toContain(
        'refused: what becomes of 1 object is not known, so it counts as data-loss or worse',
      );
      const come = diff(partly, full);
      expect(come.stdout).not.toContain('new:');
      expect(come.stdout).toContain('not known: whether Service/shop/api is new\n');
      for (const format of ['json', 'markdown', 'html']) {
        const { stdout } = diff(full, partly, '--format', format);
        expect(stdout).toMatch(
          format === 'json' ? /"unknown": \[\s+\{[^}]*"Service\/shop\/api"/ : /not known: whether/,
        );
      }
    });

    test('and stands in another file there', () => {
      const full = place({ 'all.yaml': `${service(80)}\n---\n${service(80, 'api')}` });
      const partly = place({ 'web.yaml': service(80), 'api.yaml': 'apiVersion: v1\nkind: [' });
      expect(diff(full, partly).stdout).toContain('not known: whether Service/shop/api is still there\n');
    });

    test('and is the same on both sides: the rest is known', () => {
      const same = 'apiVersion: v1\nkind: [';
      const [before, after] = [
        place({ ...whole, 'same.yaml': same }),
        place({ 'web.yaml': service(80), 'same.yaml': same }),
      ];
      const { status, stdout } = diff(before, after);
      expect(status).toBe(2);
      expect(stdout).toContain('gone: Service/shop/api');
      expect(stdout).not.toContain('not known');
    });

    test('and what depends on it is not told as broken', () => {
      const pod = 'spec: { containers: [{ name: web, image: web:1, envFrom: [{ configMapRef: { name: c } }] }] }';
      const web = `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web, namespace: shop }, spec: { selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, ${pod} } } }`;
      const config = '{ apiVersion: v1, kind: ConfigMap, metadata: { name: c, namespace: shop }, data: { a: one } }';
      const { stdout } = diff(
        place({ 'web.yaml': web, 'c.yaml': config }),
        place({ 'web.yaml': web, 'c.yaml': 'apiVersion: v1\nkind: [' }),
      );
      expect(stdout).not.toMatch(/disruption/);
    });
  });

  test('in folders are told as in files, whatever both folders have alike', () => {
    const services = (namespace: string) =>
      [80, 81, 82].map((port) => service(port, `web-${port}`).replace('namespace: shop', `namespace: ${namespace}`));
    const kept = service(90, 'kept');
    const place = (namespace: string) => {
      const root = newFolder();
      writeFileSync(join(root, 'kept.yaml'), kept);
      writeFileSync(join(root, 'others.yaml'), services(namespace).join('\n---\n'));
      return root;
    };
    const changes = (a: string, b: string) =>
      JSON.parse(diff(a, b, '--format', 'json').stdout).changes.map(({ does, objects }: never) => [does, objects]);
    const files = (['shop', 'store'] as const).map((each) => file([kept, ...services(each)].join('\n---\n')));
    expect(changes(place('shop'), place('store'))).toEqual(changes(files[0]!, files[1]!));
  });

  test('in folders of which one has a file less are not the same', () => {
    const [before, after] = [newFolder(), newFolder()] as const;
    for (const root of [before, after]) writeFileSync(join(root, 'web.yaml'), service(80));
    writeFileSync(join(before, 'api.yaml'), service(81, 'api'));
    expect(diff(before, after).stdout).toContain('gone: Service/shop/api');
    expect(diff(after, before).stdout).toContain('new: Service/shop/api');
  });

  test('are as large as a comment may be, and not larger', () => {
    const many = (port: number) =>
      Array.from({ length: 3000 }, (_, i) => service(port + i, `web-${i}`)).join('\n---\n');
    const { stdout } = diff(file(many(80)), file(many(81)), '--format', 'markdown');
    expect(Buffer.byteLength(stdout)).toBeLessThan(60_000);
    expect(stdout).toMatch(/A comment has no room for the details of \d+ changes/);
  });

  test('are one page without scripts, whatever stands in them', () => {
    const text = (value: string) =>
      `{ apiVersion: v1, kind: ConfigMap, metadata: { name: c, namespace: shop }, data: { page: ${JSON.stringify(value)} } }`;
    const { stdout } = diff(file(text('<b>one</b>')), file(text('<script>alert(1)</script>')), '--format', 'html');
    expect(stdout).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(stdout).not.toMatch(/<script|https?:/);
  });

  test('with the same bytes in any order of files', () => {
    const place = (name: string, ports: readonly number[]) => {
      const root = join(newFolder(), name);
      mkdirSync(root);
      for (const [i, port] of ports.entries())
        writeFileSync(join(root, `${i}.yaml`), service(port, `web-${port % 10}`));
      return root;
    };
    const shown = (a: string, b: string) =>
      JSON.stringify(
        JSON.parse(diff(a, b, '--format', 'json').stdout).changes.map(({ objects, fields }: never) => [
          objects,
          fields,
        ]),
      );
    expect(shown(place('a', [81, 82, 83]), place('b', [91, 92, 93]))).toBe(
      shown(place('a', [83, 81, 82]), place('b', [92, 93, 91])),
    );
  });
});

describe('words that name nothing', () => {
  test.each([
    [['nosuch'], 'is neither a file or folder, nor a target, nor a revision of git'],
    [['a', 'b', 'c'], 'c'],
    [['-', '-'], 'can read standard input once'],
    [['--live'], 'asks one cluster, and these targets are for kind, shared, cloud'],
    [['--fail-on', 'nothing'], 'nothing'],
  ])('%j', (words, message) => {
    expect(diff(...words)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining(message) });
  });

  describe('or nothing that can be compared', () => {
    const { project, git } = committedProject();
    mkdirSync(project.path('empty'));
    mkdirSync(project.path('inside'));
    mkdirSync(project.path('inside/new'));
    writeFileSync(project.path('inside/web.yaml'), service(80));
    writeFileSync(project.path('values.yaml'), 'a: 1\n');
    writeFileSync(project.path('nothing.yaml'), '# nothing\n');
    writeFileSync(project.path('notes.md'), '# a: [\n- b: {\n');
    git('init', '--quiet', '--bare', 'bare.git');
    git('add', 'inside', 'values.yaml');
    git('commit', '--quiet', '--message', 'second');
    git('push', '--quiet', project.path('bare.git'), 'HEAD:refs/heads/main');

    test.each([
      [['HEAD:nope', 'inside'], 'HEAD:nope: HEAD holds no nope'],
      [['HEAD:insid', 'inside'], 'did you mean HEAD:inside?'],
      [['HEAD:web.yaml', 'inside'], 'did you mean HEAD:inside/web.yaml?'],
      [['HEAD:notes.md', 'inside'], 'name it as it is now, which is not committed there: notes.md'],
      [
        ['HEAD:prod@cloud'],
        'prod@cloud is a target, and no path\n  fix: compare the target with what it was: strata diff HEAD prod@cloud',
      ],
      [
        ['mian:inside', 'inside'],
        'mian:inside: mian is no revision of this repository\n  fix: name a commit, branch or tag: did you mean main?',
      ],
      [['mian'], 'did you mean main?'],
      [['insede', 'inside'], 'name a file or folder that exists: did you mean inside?'],
      [['inside/wep.yaml', 'inside'], 'did you mean inside/web.yaml?'],
      [['prod@clod'], 'did you mean prod@cloud?'],
      [['prood@*'], 'is neither a file or folder, nor a target, nor a revision of git'],
      [['empty', 'inside'], 'empty: holds no Kubernetes objects'],
      [['inside', 'empty'], 'empty: holds no Kubernetes objects'],
      [
        ['values.yaml', 'inside'],
        'values.yaml: holds no Kubernetes objects (line 1: this is no Kubernetes object: it has no kind)',
      ],
      [['HEAD:values.yaml', 'inside'], 'HEAD:values.yaml: holds no Kubernetes objects (line 1:'],
      [['HEAD:environments', 'inside'], 'HEAD:environments: holds no Kubernetes objects'],
      [['notes.md', 'inside'], 'notes.md: holds no Kubernetes objects (line 3:'],
      [['bare.git', 'inside'], 'bare.git: is a repository without files'],
      [['https://example.com/gitops.git', 'inside'], 'is the address of a repository'],
      [['git@example.com:shop/gitops.git', 'inside'], 'is the address of a repository'],
    ])('%j', (words, message) => {
      expect(project.strata('diff', ...words)).toMatchObject({
        status: 2,
        stdout: '',
        stderr: expect.stringContaining(message),
      });
    });

    test('but an empty file is nothing on purpose', () => {
      for (const word of ['/dev/null', 'nothing.yaml'])
        expect(project.strata('diff', word, 'inside')).toMatchObject({
          status: 0,
          stdout: expect.stringContaining('new: Service/shop/web'),
        });
      expect(project.strataWith({ input: '' }, 'diff', 'inside', '-').stdout).toContain('gone: Service/shop/web');
    });

    test('and revisions of a repository without files are compared', () => {
      const program = project.path('bin/strata.mjs');
      const inBare = (...words: string[]) =>
        project.run([program, 'diff', ...words], { cwd: project.path('bare.git') });
      expect(inBare('main:inside', 'main:inside')).toMatchObject({ status: 0, stdout: 'no change in main:inside\n' });
      expect(inBare('main:insid', 'main:inside').stderr).toContain('did you mean main:inside?');
    });

    test('and a folder in no repository has no revisions', () => {
      const program = project.path('bin/strata.mjs');
      expect(project.run([program, 'diff', 'main:a', 'main:b'], { cwd: newFolder() }).stderr).toContain(
        'is read as REVISION:PATH of a repository of git, and this folder is in none',
      );
    });

    test('nor is what a folder lacks at the root of the repository', () => {
      expect(
        project.run([project.path('bin/strata.mjs'), 'diff', 'HEAD:web.yaml', 'web.yaml'], {
          cwd: project.path('inside'),
        }).stderr,
      ).toContain('HEAD holds no web.yaml at its root, and holds inside/web.yaml');
    });
  });

  test('nothing is committed, or nothing can be', () => {
    const project = new Project();
    expect(project.strata('diff').stderr).toContain(
      'compares with what is committed, and this is no repository of git',
    );
    execFileSync('git', ['init', '--quiet'], { cwd: project.folder });
    expect(project.strata('diff')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('compares with what is committed, and this repository has no commit yet'),
    });
  });

  test('a revision without a folder that is there now', () => {
    const { project } = committedProject();
    mkdirSync(project.path('plain'));
    writeFileSync(project.path('plain/a.yaml'), service(80));
    expect(project.strata('diff', 'HEAD:./plain', 'plain')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('+ Service/shop/web'),
      stderr: expect.stringContaining('HEAD holds no ./plain: everything is new'),
    });
    expect(project.strata('diff', 'HEAD:./plan', 'plain').status).toBe(2);
    expect(project.strata('diff', 'plain', 'HEAD:./plain').status).toBe(2);
  });

  test('a revision without a project', () => {
    const { project, git } = committedProject();
    git('checkout', '--quiet', '--orphan', 'other');
    git('rm', '--quiet', '--cached', '-r', '.');
    git('commit', '--quiet', '--allow-empty', '--message', 'empty');
    expect(project.strata('diff', 'main', 'other')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('holds no project at its root: there is no main.ts'),
    });
    // The change that introduces the project: all of it is new.
    const { status, stdout, stderr } = project.strata('diff', 'other', 'main');
    expect([status, stderr]).toEqual([
      0,
      expect.stringContaining('other holds no project at its root: everything is new'),
    ]);
    expect(stdout).toMatch(/^\S+ {2}targets? .* (is|are) new: /m);
    expect(stdout).toMatch(/\n6 changes? in 6 of 6 targets|\n\d+ changes in 6 of 6 targets/);
    // A project that is there and cannot be rendered is an error.
    git('checkout', '--quiet', '--orphan', 'broken');
    writeFileSync(project.path('main.ts'), 'throw new Error("broken");');
    git('add', 'main.ts');
    git('commit', '--quiet', '--message', 'broken');
    git('checkout', '--quiet', '--force', 'main');
    expect(project.strata('diff', 'broken')).toMatchObject({ status: 2, stderr: expect.stringContaining('broken') });
    expect(existsSync(project.path('.git/index.lock'))).toBe(false);
  });
});

test('what stands twice is told with the files of its own side', () => {
  const [before, after] = [newFolder(), newFolder()];
  for (const root of [before, after]) writeFileSync(join(root, 'a.yaml'), service(80));
  writeFileSync(join(before, 'b.yaml'), service(81));
  writeFileSync(join(after, 'b.yaml'), service(82));
  const { status, stdout } = diff(before, after);
  expect(status).toBe(0);
  for (const [root, side] of [
    [before, 'before'],
    [after, 'after'],
  ] as const)
    expect(stdout).toContain(
      `Service/shop/web stands 2 times ${side} the change, in ${join(root, 'a.yaml')}:1, ${join(root, 'b.yaml')}:1: kubectl apply leaves the last one`,
    );
  expect(stdout).toContain('1 change in ');
});

describe('a cluster', () => {
  const bin = newFolder();
  const kubectl = (script: string) => {
    writeFileSync(
      join(bin, 'kubectl'),
      // It reads what it is given, as kubectl does.
      `#!/bin/sh\ncase "$*" in *--filename*) cat > /dev/null;; esac\ncase "$*" in\n*api-resources*) printf '%s\\n' "services svc v1 true Service create,delete,get,list,watch all" "endpoints ep v1 true Endpoints delete,list" "cronjobs cj batch/v1 true CronJob delete,get,list all" "priorityclasses pc scheduling.k8s.io/v1 false PriorityClass delete,get,list" "bindings v1 true Binding create" "persistentvolumeclaims pvc v1 true PersistentVolumeClaim delete,list";;\n${script}\nesac\n`,
    );
    chmodSync(join(bin, 'kubectl'), 0o755);
  };
  const live = (...args: string[]) =>
    here.strataWith(
      { env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH']}` } },
      'diff',
      '--live',
      ...args,
    );
  const stands = (port: number) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'shop', uid: 'u', resourceVersion: '7' },
      spec: {
        selector: { app: 'web' },
        ports: [{ port, protocol: 'TCP', targetPort: port }],
        clusterIP: '10.0.0.1',
        clusterIPs: ['10.0.0.1'],
        type: 'ClusterIP',
        sessionAffinity: 'None',
        internalTrafficPolicy: 'Cluster',
      },
      status: { loadBalancer: {} },
    });

  test('that has what the manifests say, with what a server adds, has no difference', () => {
    kubectl(`*get*) cat <<'END'\n${stands(80)}\nEND\n;;`);
    expect(live(file(service(80)))).toMatchObject({ status: 0, stdout: expect.stringMatching(/^no change/) });
    expect(live(file(service(81))).stdout).toContain('spec.ports[81]: {"port":81} added');
  });
  describe('that still has what an earlier render made', () => {
    const left = (name: string, kind = 'Service', more = '') =>
      `{ "apiVersion": "v1", "kind": "${kind}", "metadata": { "name": "${name}", "namespace": "course-dev"${more} }, "spec": {} }`;
    const list = (...items: string[]) => `cat <<'END'\n{ "kind": "List", "items": [${items.join(', ')}] }\nEND\n;;`;
    const SELECTED = '--selector app.kubernetes.io/managed-by=strata,app.kubernetes.io/part-of=course,environment=dev';
    const gone = () => {
      const { stdout, stderr } = live('--target', 'dev@kind', '--format', 'json');
      const changes: readonly { does: string; objects: string[] }[] = JSON.parse(stdout).changes;
      return { stderr, gone: changes.flatMap(({ does, objects }) => (does === 'removed' ? objects : [])).sort() };
    };

    test('is told what goes, and not what controllers made', () => {
      const owned = left(
        'owned',
        'Service',
        ', "ownerReferences": [{ "apiVersion": "v1", "kind": "Pod", "name": "a", "uid": "b" }]',
      );
      kubectl(
        `*--filename*) ;;\n*"get "*services*" --all-namespaces ${SELECTED} "*) ${list(left('old'), owned, left('web'))}`,
      );
      expect(gone().gone).toEqual(['Service/course-dev/old']);
    });

    test('is told also what is left of kinds that are rendered no more, and of the cluster itself', () => {
      const others = [
        left('old', 'CronJob').replace('"v1"', '"batch/v1"'),
        left('course-old', 'PriorityClass')
          .replace('"v1"', '"scheduling.k8s.io/v1"')
          .replace(', "namespace": "course-dev"', ''),
        // What the controller of a StatefulSet makes by a template.
        left('data-redis-0', 'PersistentVolumeClaim'),
        left('uploads', 'PersistentVolumeClaim'),
      ];
      kubectl(
        `*--filename*) ;;\n*"get services --all"*|*"get services,"*) ${list()}\n*endpoints*|*bindings*) exit 1;;\n*"get "*"cronjobs.batch"*" --all-namespaces ${SELECTED} "*) ${list(...others)}\n*get*) ${list()}`,
      );
      expect(gone()).toEqual({
        stderr: '',
        gone: ['CronJob/course-dev/old', 'PersistentVolumeClaim/course-dev/uploads', 'PriorityClass/course-old'],
      });
    });

    test('and does not let all kinds be asked for is told so', () => {
      kubectl(
        `*--filename*) ;;\n*cronjobs.batch*) echo 'cronjobs.batch is forbidden' >&2; exit 1;;\n*get*services*) ${list(left('old'))}\n*get*) ${list()}`,
      );
      const { gone: found, stderr } = gone();
      expect(stderr).toContain('kinds that are rendered no more could not be asked for');
      expect(stderr).toContain('cronjobs.batch is forbidden');
      expect(found).toEqual(['Service/course-dev/old']);
    });
  });
  test('that does not answer is one clear error', () => {
    kubectl(`*) echo 'Unable to connect to the server: context deadline exceeded' >&2; exit 1;;`);
    const { status, stdout, stderr } = live(file(service(80)));
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('kubectl get fails: Unable to connect to the server: context deadline exceeded');
  });
});

test('states of the sources are kept for the next time, and not more than a few', () => {
  const { project, git } = committedProject();
  mkdirSync(project.path('.strata/states'), { recursive: true });
  for (let i = 0; i < 9; i++) mkdirSync(project.path('.strata/states', `old-${i}`));
  for (let i = 0; i < 2; i++) {
    writeFileSync(project.path('note.txt'), String(i));
    git('add', '--all');
    git('commit', '--quiet', '--message', String(i));
    project.strata('diff', 'HEAD', 'HEAD', '--target', 'dev@kind');
  }
  expect(readdirSync(project.path('.strata/states'))).toHaveLength(8);
  expect(readFileSync(project.path('note.txt'), 'utf8')).toBe('1');
});
