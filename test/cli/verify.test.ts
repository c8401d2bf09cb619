import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GROUPS } from '../../checks/check';
import type { Report } from '../../checks/finding';
import { checks } from '../../checks/registry';
import type { Host } from '../../cli/command';
import course from '../../main';
import { strata } from '../../tool';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'verify-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

async function run(args: readonly string[], more: Partial<Host> = {}) {
  const printed: string[] = [];
  const errors: string[] = [];
  const code = await strata.run(args, {
    env: {},
    composition: () => course,
    print: (line) => printed.push(line),
    printError: (line) => errors.push(line),
    ...more,
  });
  return { code, text: printed.join('\n'), errors: errors.join('\n') };
}

async function reportOf(...args: string[]): Promise<{ code: number; report: Report }> {
  const { code, text, errors } = await run(['verify', '--format', 'json', ...args]);
  expect(errors).toBe('');
  return { code, report: JSON.parse(text) as Report };
}

const SERVICE = checks.find(({ id }) => id === 'service-selects-workload')!;
const ONLY = ['--only', SERVICE.id];
const broken = () => file('broken.yaml', SERVICE.example.broken);
const fixed = () => file('fixed.yaml', SERVICE.example.fixed);
/** Without its namespace: whether the workload stands elsewhere, nobody knows. */
const open = () => file('open.yaml', SERVICE.example.broken.split('---\n').slice(1).join('---\n'));

test('--previous is the live tree of targets, too: what must not change in them is compared', async () => {
  const [first] = course.matrix.targets();
  const render = async (out: string) => run(['render', first!.name, '--out', out]);
  const live = join(folder, 'live');
  expect((await render(live)).code).toBe(0);
  const changes = async () => {
    const { report } = await reportOf(first!.name, '--previous', live, '--only', 'immutable-field-change');
    return report.findings.length;
  };
  expect(await changes()).toBe(0);
  for (const name of readdirSync(join(live, first!.path))) {
    const path = join(live, first!.path, name);
    writeFileSync(path, readFileSync(path, 'utf8').replace(/matchLabels:\n( +)/g, 'matchLabels:\n$1other: label\n$1'));
  }
  expect(await changes()).toBeGreaterThan(0);
});

describe('the configuration of a repository', () => {
  const config = (text: string) => ['--config', file('config.yaml', text)];
  test('gives options that are not given, and is outweighed by those that are', async () => {
    expect((await run(['verify', open(), ...ONLY, ...config('complete: true\n')])).code).toBe(1);
    expect((await run(['verify', open(), ...ONLY, ...config('fail-on: unknown\n')])).code).toBe(1);
    const args = [...config('fail-on: unknown\n'), '--fail-on', 'will-break'];
    expect((await run(['verify', open(), ...ONLY, ...args])).code).toBe(0);
  });
  test('a rule that has no value is named as what could not be evaluated, and not as what programs do', async () => {
    const rule =
      'rules: [{ id: team, expression: "object.metadata.labels.team == \'a\'", message: no team, fix: add it }]\n';
    const { text } = await run(['verify', fixed(), '--only', 'own', ...config(rule)]);
    expect(text).toContain('depends on rules of your own that could not be evaluated: mend their expressions');
    expect(text).toContain('no team: the expression has no value here (field not found: labels)');
    expect(text).not.toContain('what programs do');
  });
  test('has rules of its own, severities and suppressions', async () => {
    const text = `severity: { ${SERVICE.id}: advice }
rules:
- { id: no-services, kinds: [Service], expression: 'false', message: no Services here, fix: remove it }
suppress:
- { check: no-services, object: Service/shop/red*, reason: the last one }
`;
    const { report } = await reportOf(broken(), '--only', `${SERVICE.id},own`, ...config(text));
    expect(report.findings).toMatchObject([{ check: SERVICE.id, severity: 'advice' }]);
    expect(report.summary).toMatchObject({ willBreak: 0, advice: 1, suppressed: 1, checks: 2 });
  });
  test('that is wrong ends the command before anything is judged', async () => {
    const { code, text, errors } = await run(['verify', broken(), ...config('skips: [a]\n')]);
    expect([code, text]).toEqual([2, '']);
    expect(errors).toMatch(/config\.yaml:1:1 skips: is no key.*\n.*did you mean skip/);
  });
});

describe('exit code', () => {
  test('0 where nothing will break', async () =>
    expect(await run(['verify', fixed(), ...ONLY])).toMatchObject({
      code: 0,
      text: '3 objects, 1 check: 0 will break, 0 advice',
    }));
  test('0 where something is only unknown, which is shown all the same, with what would settle it', async () => {
    const { code, text } = await run(['verify', open(), ...ONLY]);
    expect(code).toBe(0);
    expect(text).toMatch(/^cannot be told: 1 finding\n {2}depends on what else there is: .*--declare FILE.*--complete/);
    expect(text).toContain('Service/shop/redis  spec.selector = ');
    expect(text).toMatch(/\n2 objects, 1 check: 0 will break, 1 cannot be told, 0 advice$/);
  });
  test('1 where something is unknown and --fail-on says so; --complete settles it', async () => {
    expect((await run(['verify', open(), ...ONLY, '--fail-on', 'unknown'])).code).toBe(1);
    const { code, text } = await run(['verify', open(), ...ONLY, '--complete']);
    expect(code).toBe(1);
    expect(text).toMatch(/1 will break, 0 advice$/);
  });
  test('what is said to be all there is, is not advised again', async () => {
    const claim = file(
      'claim.yaml',
      '{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: a, namespace: shop }, spec: { storageClassName: fast, accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }',
    );
    const text = async (...args: string[]) => (await run(['verify', claim, ...args])).text;
    for (const fact of ['depends on what else there is', 'depends on what the cluster has']) {
      expect(await text()).toMatch(new RegExp(`${fact}: .*--complete if`));
      expect(await text('--complete')).toMatch(new RegExp(`${fact}: `));
    }
    expect(await text('--complete')).not.toContain('--complete');
    expect(await text('--config', file('complete.yaml', 'complete: true\n'))).not.toContain('--complete');
  });
  test('1 where something will break', async () => {
    const { code, text } = await run(['verify', broken(), ...ONLY]);
    expect(code).toBe(1);
    expect(text).toContain(
      `Service/shop/redis  spec.selector = {"app":"redis-master"}  ${join(folder, 'broken.yaml')}:`,
    );
  });
  test('2 where something could not be judged; the rest is judged all the same', async () => {
    const { code, report } = await reportOf(
      broken(),
      file('bad.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: {\n'),
      ...ONLY,
    );
    expect(code).toBe(2);
    expect(report).toMatchObject({
      // The Pod that could not be read may be what the Service selects.
      findings: [
        { check: SERVICE.id, verdict: 'unknown', message: expect.stringMatching(/bad\.yaml, line 4, could not/) },
      ],
      unreadable: [{ line: 4 }],
      summary: { willBreak: 0, unreadable: 1 },
    });
  });
  test.each([
    ['an empty input', () => [file('empty.yaml', '')], /^$/, /no Kubernetes objects/],
    ['a path that is not there', () => [join(folder, 'gone')], /neither a file or folder nor a target/, /^$/],
    ['a target that is not there', () => ['dv@kind'], /did you mean dev@kind/, /^$/],
    [
      'a check that is not there',
      () => [fixed(), '--only', 'service-selects-workloads'],
      /did you mean service-selects-workload/,
      /^$/,
    ],
    [
      'a format that is not there',
      () => [fixed(), '--format', 'xml'],
      /text, json, sarif, junit, github, markdown/,
      /^$/,
    ],
    ['a cluster that is not there', () => [fixed(), '--cluster', 'knd'], /did you mean kind/, /^$/],
    ['a version that is none', () => [fixed(), '--kubernetes', 'new'], /like 1.31/, /^$/],
    ['an option that is not there', () => [fixed(), '--fast'], /--fast/, /^$/],
    ['no check left', () => [fixed(), ...ONLY, '--skip', SERVICE.id], /leave no check/, /^$/],
  ])('2 for %s', async (_, args, error, said) => {
    const { code, errors, text } = await run(['verify', ...args()]);
    expect(code).toBe(2);
    expect(errors).toMatch(error);
    expect(text).toMatch(said);
  });
});

describe('--only and --skip', () => {
  const countOf = async (...args: string[]) => (await reportOf(fixed(), ...args)).report.summary.checks;
  const inGroups = (...groups: string[]) => checks.filter(({ group }) => groups.includes(group)).length;

  test('take groups as well as checks, together', async () => {
    expect(await countOf('--only', 'storage')).toBe(inGroups('storage'));
    expect(await countOf('--only', 'storage,security', '--only', SERVICE.id)).toBe(inGroups('storage', 'security') + 1);
    expect(await countOf('--skip', 'schema')).toBe(checks.length - inGroups('schema'));
    expect(await countOf('--only', 'storage', '--skip', 'rwo-sharing')).toBe(inGroups('storage') - 1);
  });
  test('judge by what the group says, and by nothing else', async () => {
    expect((await reportOf(broken(), '--only', 'references')).code).toBe(1);
    expect((await reportOf(broken(), '--skip', 'references')).code).toBe(0);
  });
  test('name the nearest for a group that is not there', async () => {
    const { code, errors } = await run(['verify', fixed(), '--only', 'securty']);
    expect(code).toBe(2);
    expect(errors).toMatch(
      /there is no such check or group[\s\S]*did you mean security\?[\s\S]*name a group: schema, /,
    );
  });
  test('no check has the name of a group', () => {
    const names: readonly string[] = GROUPS;
    expect(checks.filter(({ id }) => names.includes(id))).toEqual([]);
  });
});

describe('our own targets', () => {
  test('all of them: nothing will break', async () => {
    const { code, report } = await reportOf();
    expect(report.unreadable).toEqual([]);
    expect(report.findings.filter(({ severity, verdict }) => severity === 'will-break' && verdict === 'fail')).toEqual(
      [],
    );
    expect(code).toBe(0);
    expect(report.summary.objects).toBeGreaterThan(100);
  });
  test('a finding names the file as it would be rendered', async () => {
    const { report } = await reportOf('dev@kind');
    for (const { file: name } of report.findings) expect(name).toMatch(/^dist\/kind\/dev\/\d\d-[a-z-]+\.yaml$/);
  });
});

test('a tree that was rendered is judged target by target', async () => {
  const out = join(folder, 'dist');
  expect((await run(['render', '--out', out])).code).toBe(0);
  const { code, report } = await reportOf(out);
  expect(report.findings.filter(({ severity, verdict }) => severity === 'will-break' && verdict === 'fail')).toEqual(
    [],
  );
  expect([code, report.summary.unreadable, report.summary.skipped]).toEqual([0, 0, 0]);
});

describe('what is known', () => {
  test('--declare settles what stands elsewhere', async () => {
    const { code, report } = await reportOf(
      open(),
      ...ONLY,
      '--declare',
      file('declared.yaml', '{apiVersion: v1, kind: Namespace, metadata: {name: shop}}'),
    );
    expect([code, report.summary.willBreak]).toEqual([1, 1]);
  });
  test.each([['kind'], [undefined]])('--cluster takes a name of ours (%s) or real objects', async (name) => {
    const facts =
      name ??
      file(
        'nodes.yaml',
        '{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Node, metadata: {name: a}, status: {nodeInfo: {kubeletVersion: v1.31.2}}}]}',
      );
    expect(await reportOf(fixed(), ...ONLY, '--cluster', facts, '--kubernetes', 'v1.30.1')).toMatchObject({ code: 0 });
  });
  test('--previous is the render before', async () =>
    expect(await reportOf(fixed(), ...ONLY, '--previous', broken())).toMatchObject({ code: 0 }));
});

describe('suppressions', () => {
  const accepted = (object: string) =>
    file('accepted.yaml', `- check: ${SERVICE.id}\n  object: ${object}\n  reason: it comes next week\n`);
  test('a suppressed finding is counted, and fails nothing', async () =>
    expect(await reportOf(broken(), ...ONLY, '--suppress', accepted('Service/shop/redis'))).toMatchObject({
      code: 0,
      report: { findings: [], summary: { suppressed: 1, willBreak: 0 } },
    }));
  test('one that is not needed is advice', async () =>
    expect(await reportOf(fixed(), ...ONLY, '--suppress', accepted('Service/shop/redis'))).toMatchObject({
      code: 0,
      report: { findings: [{ check: 'unused-suppression', severity: 'advice', line: 1 }] },
    }));
  test('an annotation does the same', async () => {
    const annotated = SERVICE.example.broken.replace(
      '{ name: redis, namespace: shop }',
      `{ name: redis, namespace: shop, annotations: { strata/suppress.${SERVICE.id}: next week } }`,
    );
    expect(await reportOf(file('annotated.yaml', annotated), ...ONLY)).toMatchObject({
      code: 0,
      report: { summary: { suppressed: 1 } },
    });
  });
});

describe('output', () => {
  test('has colours on a terminal, unless NO_COLOR says otherwise', async () => {
    expect((await run(['verify', broken(), ...ONLY])).text).not.toContain('\u001b[');
    expect((await run(['verify', broken(), ...ONLY], { terminal: true })).text).toContain('\u001b[');
    expect((await run(['verify', broken(), ...ONLY], { terminal: true, env: { NO_COLOR: '1' } })).text).not.toContain(
      '\u001b[',
    );
  });
  test('--explain tells of a check with its example', async () => {
    const { code, text } = await run(['verify', '--explain', SERVICE.id]);
    expect(code).toBe(0);
    expect(text).toContain(SERVICE.description);
    expect(text).toContain('fails:\n  apiVersion: v1');
    expect(text).toContain(`\n  source: ${SERVICE.source}\n`);
    expect((await run(['checks', SERVICE.id])).text).toBe(text);
  });
  test('strata checks lists them all, each below its group', async () => {
    const { code, text } = await run(['checks']);
    expect(code).toBe(0);
    const listed: string[] = [];
    let group = '';
    for (const line of text.split('\n').filter(Boolean)) {
      if (!line.startsWith(' ')) group = line;
      else listed.push(`${group} ${line.trim().split(' ')[0]}`);
    }
    expect(listed.sort()).toEqual(checks.map((check) => `${check.group} ${check.id}`).sort());
    expect(JSON.parse((await run(['checks', '--format', 'json'])).text)).toHaveLength(checks.length);
  });
  test('strata checks GROUP lists those of the group', async () => {
    const { text } = await run(['checks', 'storage']);
    expect(text.split('\n')[0]).toBe('storage');
    expect(
      text
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(' ')[0]),
    ).toEqual(checks.filter(({ group }) => group === 'storage').map(({ id }) => id));
  });
});

describe('what is known of a cluster', () => {
  test('is the same by its name and by what `strata clusters NAME` prints', async () => {
    const tree = join(folder, 'known');
    await run(['render', 'prod@shared', '--out', tree]);
    const printed = file('shared.yaml', (await run(['clusters', 'shared'])).text);
    const [byFile, byName] = await Promise.all(
      [printed, 'shared'].map((cluster) => run(['verify', join(tree, 'shared/prod'), '--all', '--cluster', cluster])),
    );
    expect(byFile).toEqual(byName);
    expect(byName!.text).toContain(': 0 will break');
  });

  const ROUTE = `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { gateway.example.com/access: public } }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec: { parentRefs: [{ name: public, namespace: gateway-system, sectionName: https }], rules: [{ filters: [{ type: RequestRedirect, requestRedirect: { hostname: www.example.com } }] }] }
`;
  const PARENT = ['--only', 'route-parent-exists,kind-known'];

  test('of one in clusters/ settles everything about this project: nothing is left unknown', async () => {
    const { code, report } = await reportOf();
    expect({ code, unknown: report.findings.filter(({ verdict }) => verdict === 'unknown') }).toEqual({
      code: 0,
      unknown: [],
    });
  });
  test('is what stands there already: a Gateway of its platform team', async () => {
    const route = file('route.yaml', ROUTE);
    expect((await reportOf(route, ...PARENT)).report.summary).toMatchObject({ willBreak: 0, unknown: 2 });
    expect((await reportOf(route, ...PARENT, '--cluster', 'shared')).report.summary).toMatchObject({
      willBreak: 0,
      unknown: 0,
    });
    expect(
      (
        await reportOf(
          file('other.yaml', ROUTE.replace('sectionName: https', 'sectionName: http')),
          ...PARENT,
          '--cluster',
          'shared',
        )
      ).report.findings,
    ).toMatchObject([{ check: 'route-parent-exists', path: 'spec.parentRefs[0].sectionName', verdict: 'fail' }]);
  });
  test('is any object that `kubectl get` prints, beside which there may be others', async () => {
    const dump = file(
      'dump.yaml',
      '{ apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: { name: public, namespace: gateway-system }, spec: { gatewayClassName: any, listeners: [{ name: https, port: 443, protocol: HTTPS, allowedRoutes: { namespaces: { from: All } } }] } }',
    );
    expect(
      (await reportOf(file('route.yaml', ROUTE), '--only', 'route-parent-exists', '--cluster', dump)).report.findings,
    ).toEqual([]);
    expect(
      (
        await reportOf(
          file('elsewhere.yaml', ROUTE.replaceAll('name: public', 'name: private')),
          '--only',
          'route-parent-exists',
          '--cluster',
          dump,
        )
      ).report.findings,
    ).toMatchObject([{ verdict: 'unknown' }]);
  });
});

describe('--kubernetes', () => {
  test.each(['1.15', '1.27', 'v1.38', '1.99'])(
    '%s is outside the versions that are known, which the error names',
    async (version) => {
      const { code, text, errors } = await run(['verify', fixed(), '--kubernetes', version]);
      expect({ code, text }).toEqual({ code: 2, text: '' });
      expect(errors).toContain(`--kubernetes ${version}: the known versions are 1.28 to 1.37`);
    },
  );
  test.each(['1.28', 'v1.37.2'])('%s is known', async (version) => {
    expect((await run(['verify', fixed(), '--kubernetes', version, ...ONLY])).code).toBe(0);
  });
});
