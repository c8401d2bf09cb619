import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import type { ReportedFinding } from '../../checks/finding';
import { exitCodeOf, report } from '../../checks/finding';
import { checks } from '../../checks/registry';
import type { Format } from '../../report/formats';
import { formats } from '../../report/formats';

const finding = (more: Partial<ReportedFinding> = {}): ReportedFinding => ({
  check: 'service-selects-workload',
  severity: 'will-break',
  verdict: 'fail',
  object: 'Service/shop/redis',
  path: 'spec.selector',
  value: { app: 'redis-master' },
  message: 'no pod has these labels, so the Service has no endpoints',
  fix: 'make the selector equal to labels of the pods',
  file: 'shop/redis.yaml',
  line: 12,
  column: 3,
  ...more,
});
const advice = (more: Partial<ReportedFinding> = {}) =>
  finding({
    check: 'image-pinned',
    severity: 'advice',
    object: 'Deployment/shop/web',
    path: 'spec',
    value: null,
    message: 'the image moves',
    fix: 'pin it',
    ...more,
  });
const unknown = finding({ verdict: 'unknown', message: 'may stand elsewhere' });
const nasty = finding({
  object: 'Service/shop/<&"\'|`',
  path: 'metadata.annotations["a|b"]',
  value: 'x\u0001\ud800\n|`',
  message: 'has %, \r\n: | and <b> & ]]> in it',
  file: 'a b,c:d%.yaml',
});
const unread = { file: 'x.yaml', line: 2, column: 4, reason: 'a "tab" & more' };
const counts = { objects: 3, checks: 7, suppressed: 0, skipped: 0 };
const all = report(
  [
    finding(),
    nasty,
    advice(),
    unknown,
    finding({
      causedBy: 'service-selects-workload Service/shop/redis',
      check: 'ingress-backend',
      origin: ['constructs/web.ts:12'],
    }),
  ],
  [unread],
  counts,
);
const none = report([], [], counts);
const show = (format: Format, of: typeof all, options: { all?: boolean; color?: boolean; terminal?: boolean } = {}) =>
  formats[format](of, { all: false, color: false, checks, ...options });

describe('exit code', () => {
  test.each([
    [0, 'clean', none],
    [0, 'only advice and unknown', report([advice(), unknown], [], counts)],
    [1, 'something will break', report([finding()], [], counts)],
    [2, 'something could not be judged, whatever else there is', all],
  ])('%d: %s', (code, _, of) => expect(exitCodeOf(of)).toBe(code));
});

describe('json', () => {
  const validate = new Ajv({ strict: false }).compile(
    JSON.parse(readFileSync(join(__dirname, '../../docs/finding.schema.json'), 'utf8')) as object,
  );
  test.each([
    ['everything', all],
    ['nothing', none],
  ])('keeps to the published schema: %s', (_, of) => {
    validate(JSON.parse(show('json', of)));
    expect(validate.errors).toBeNull();
  });
  test('the schema is strict: a field more, or one less, is an error', () => {
    const changed = (change: (value: Record<string, unknown>) => void) => {
      const value = JSON.parse(show('json', all)) as { findings: Record<string, unknown>[] };
      change(value.findings[0]!);
      return validate(value);
    };
    expect(changed((value) => (value['more'] = 1))).toBe(false);
    expect(changed((value) => delete value['fix'])).toBe(false);
  });
});

describe('sarif', () => {
  const log = JSON.parse(show('sarif', all)) as {
    version: string;
    runs: {
      tool: { driver: { rules: { id: string }[] } };
      invocations: { executionSuccessful: boolean; toolExecutionNotifications: unknown[] }[];
      results: Record<string, unknown>[];
    }[];
  };
  const [run] = log.runs;
  test('is 2.1.0 with every rule once', () => {
    expect(log.version).toBe('2.1.0');
    const ids = run!.tool.driver.rules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(checks.map(({ id }) => id)));
  });
  test('each result has what the standard demands: rule, level that fits its kind, message, region from 1, a valid URI', () => {
    for (const result of run!.results as {
      ruleId: string;
      ruleIndex: number;
      kind: string;
      level: string;
      message: { text: string };
      locations: {
        physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number; startColumn: number } };
      }[];
    }[]) {
      expect(run!.tool.driver.rules[result.ruleIndex]!.id).toBe(result.ruleId);
      expect(result.kind === 'fail' ? ['error', 'warning', 'note'] : ['none']).toContain(result.level);
      expect(result.message.text).not.toBe('');
      const { artifactLocation, region } = result.locations[0]!.physicalLocation;
      expect(artifactLocation.uri).toMatch(/^[\w./%,:-]+$/);
      expect(region.startLine).toBeGreaterThanOrEqual(1);
      expect(region.startColumn).toBeGreaterThanOrEqual(1);
    }
  });
  test('will-break is an error, advice a warning, unknown open', () =>
    expect(run!.results.map(({ level, kind }) => [level, kind])).toEqual([
      ['error', 'fail'],
      ['error', 'fail'],
      ['warning', 'fail'],
      ['none', 'open'],
      ['error', 'fail'],
    ]));
  test('what could not be judged is told as a failure of the run', () =>
    expect(run!.invocations).toMatchObject([
      { executionSuccessful: false, toolExecutionNotifications: [{ level: 'error' }] },
    ]));
});

describe('junit', () => {
  test('counts add up, and the text is XML whatever stands in it', () => {
    const xml = show('junit', all);
    expect(xml).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites [^>]*failures="3" errors="1">/);
    expect(xml.match(/<failure /g)).toHaveLength(3);
    expect(xml.match(/<error /g)).toHaveLength(1);
    expect(xml.match(/<skipped /g)).toHaveLength(1);
    expect(xml.match(/<system-out>/g)).toHaveLength(1);
    expect(xml).not.toMatch(/[\u0000-\u0008\ud800-\udfff]/);
    // Tags and entities taken away, nothing of XML's own is left.
    expect(
      xml.replace(/<\/?[a-z-]+(?: [a-z]+="[^"<]*")*\/?>|<\?xml[^?]*\?>|&(?:amp|lt|gt|quot|#\d+);/g, ''),
    ).not.toMatch(/[<>&]/);
  });
  test('a clean run has a case that passed', () => expect(show('junit', none)).toContain('<testcase name="3 objects"'));
});

describe('github', () => {
  const lines = show('github', all).split('\n');
  test('errors and warnings at their lines, each on one line', () => {
    expect(lines).toHaveLength(7);
    expect(lines[0]).toBe('::error file=x.yaml,line=2,col=4,title=could not be judged::a "tab" & more');
    expect(lines[1]).toMatch(
      /^::error file=shop\/redis.yaml,line=12,col=3,title=service-selects-workload::Service\/shop\/redis: spec.selector = /,
    );
    expect(lines[2]).toContain('file=a b%2Cc%3Ad%25.yaml,');
    expect(lines[2]).toContain('has %25, %0D%0A: |');
    expect(lines[3]).toMatch(/^::warning /);
  });
  test('what cannot be told is a notice; of advice only when asked for', () => {
    expect(show('github', report([unknown], [], counts))).toContain('::notice ');
    const opinion = report([advice({ verdict: 'unknown' })], [], counts);
    expect(show('github', opinion)).not.toContain('::notice ');
    expect(show('github', opinion, { all: true })).toContain('::notice ');
  });
});

describe('markdown', () => {
  test('every row of a table has as many cells as its head', () => {
    const rows = show('markdown', all, { all: true })
      .split('\n')
      .filter((line) => line.startsWith('|'));
    expect(rows.length).toBeGreaterThan(8);
    for (const row of rows) expect(row.replace(/\\[\\|]/g, '').split('|')).toHaveLength(7);
  });
});

describe('text', () => {
  test('a finding says object, field, value, rule, consequence, fix and place', () => {
    const text = show('text', report([finding()], [], counts));
    expect(text).toBe(`will break: 1 finding
  service-selects-workload  no pod has these labels, so the Service has no endpoints
    Service/shop/redis  spec.selector = {"app":"redis-master"}  shop/redis.yaml:12:3
    fix: make the selector equal to labels of the pods

3 objects, 7 checks: 1 will break, 0 advice`);
  });
  test('what follows from another finding is shown with it', () => {
    const followers = ['a', 'b', 'c', 'd'].map((name) =>
      finding({
        check: 'ingress-backend',
        object: `Ingress/shop/${name}`,
        causedBy: 'service-selects-workload Service/shop/redis',
      }),
    );
    const text = show('text', report([finding(), ...followers], [], counts));
    expect(text).toContain(
      '4 others follow: Ingress/shop/a (ingress-backend), Ingress/shop/b (ingress-backend), Ingress/shop/c (ingress-backend) and 1 more',
    );
    expect(text.match(/fix:/g)).toHaveLength(1);
  });
  test('findings that wait for each other in a ring are shown all the same', () => {
    const ring = [
      finding({ check: 'a', causedBy: 'b Service/shop/redis' }),
      finding({ check: 'b', causedBy: 'a Service/shop/redis' }),
    ];
    expect(show('text', report(ring, [], counts)).match(/fix:/g)).toHaveLength(2);
  });
  test('on a terminal what breaks fits a screen; elsewhere nothing that breaks is cut, and --all shows everything', () => {
    const many = Array.from({ length: 500 }, (_, i) =>
      finding({ check: `check-${i % 20}`, object: `Service/shop/s${i}`, message: `message ${i % 100}` }),
    );
    const some = Array.from({ length: 300 }, (_, i) => advice({ check: `advice-${i % 30}`, object: `Pod/shop/p${i}` }));
    const full = report(
      [...many, ...some, unknown],
      Array.from({ length: 100 }, () => unread),
      counts,
    );
    expect(show('text', full, { terminal: true }).split('\n').length).toBeLessThanOrEqual(90);
    // What a program reads is not cut: every finding that breaks is in it, and every check of the advice.
    const piped = show('text', full);
    for (const { message } of many) expect(piped).toContain(message);
    for (const { check } of some) expect(piped).toContain(check);
    const everything = show('text', full, { all: true });
    for (const { object } of [...many, ...some, unknown]) expect(everything).toContain(object);
  });
  test('colours only where they are wanted', () => {
    expect(show('text', all, { all: true })).not.toContain('\u001b[');
    expect(show('text', all, { color: true })).toContain('\u001b[1;31m');
  });
  test('the code of our own render is named', () =>
    expect(
      show('text', report([finding({ origin: ['constructs/service.ts:28', 'constructs/web.ts:51'] })], [], counts)),
    ).toContain('made in constructs/service.ts:28 from constructs/web.ts:51'));
});
