import type { ReportedFinding } from '../../checks/finding';
import { annotatedSuppressions, commentedSuppressions, readSuppressions } from '../../checks/suppression/read';
import { suppress } from '../../checks/suppression/suppress';
import { readSources } from '../../manifests/reading/read';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';

const KNOWN = ['image-pinned', 'naked-pod', 'pdb-present'];
const finding = (check: string, object: string): ReportedFinding => ({
  check,
  severity: 'advice',
  verdict: 'fail',
  object,
  path: 'spec',
  value: null,
  message: 'm',
  fix: 'f',
  file: 'a.yaml',
  line: 1,
  column: 1,
});
const fromFile = (text: string) => readSuppressions({ file: 'accepted.yaml', text });

const FILE = `# accepted
- check: naked-pod
  object: Pod/shop/probe
  reason: lives for a minute
`;

test('a suppression takes away the findings of its check at its object, and nothing else', () => {
  const { suppressions } = fromFile(FILE);
  const { findings, suppressed } = suppress(
    [
      finding('naked-pod', 'Pod/shop/probe'),
      finding('naked-pod', 'Pod/shop/other'),
      finding('image-pinned', 'Pod/shop/probe'),
    ],
    suppressions,
    KNOWN,
    { checks: KNOWN },
  );
  expect(findings.map(({ check, object }) => `${check} ${object}`)).toEqual([
    'naked-pod Pod/shop/other',
    'image-pinned Pod/shop/probe',
  ]);
  expect(suppressed).toBe(1);
});

test('one that no longer applies is a finding at its own place', () => {
  const { findings } = suppress([], fromFile(FILE).suppressions, KNOWN, { checks: KNOWN });
  expect(findings).toMatchObject([
    {
      check: 'unused-suppression',
      severity: 'advice',
      object: 'Pod/shop/probe',
      file: 'accepted.yaml',
      line: 2,
      column: 3,
      fix: 'remove the suppression',
    },
  ]);
});

test('one whose check was not asked for is no finding', () =>
  expect(suppress([], fromFile(FILE).suppressions, ['image-pinned'], { checks: KNOWN }).findings).toEqual([]));

test('a check that does not exist is told, with the one that may be meant', () => {
  const { findings } = suppress([], fromFile(FILE.replace('naked-pod', 'naked-pods')).suppressions, KNOWN, {
    checks: KNOWN,
  });
  expect(findings).toMatchObject([
    { message: expect.stringMatching(/no check naked-pods/), fix: expect.stringMatching(/did you mean naked-pod/) },
  ]);
});

test('an annotation is a suppression of its own object; the reason is a must', () => {
  const { resources } = readSources([
    {
      file: 'a.yaml',
      text: `apiVersion: v1
kind: Pod
metadata:
  name: probe
  namespace: shop
  annotations:
    team: payments
    strata/suppress.naked-pod: lives for a minute
    strata/suppress.image-pinned: ""
`,
    },
  ]);
  const written = annotatedSuppressions(new World(resources, new Facts([])));
  expect(written).toMatchObject([
    { check: 'naked-pod', object: 'Pod/shop/probe', reason: 'lives for a minute', at: { line: 8 } },
    { check: 'image-pinned' },
  ]);
  const { findings } = suppress(
    [finding('naked-pod', 'Pod/shop/probe'), finding('image-pinned', 'Pod/shop/probe')],
    written,
    KNOWN,
    { checks: KNOWN },
  );
  expect(findings.map(({ check }) => check)).toEqual(['image-pinned', 'unused-suppression']);
  expect(findings[1]).toMatchObject({ message: expect.stringMatching(/no reason/), line: 9 });
});

test.each([
  ['no list', 'check: naked-pod\n', 1, /are a list/],
  ['broken YAML', '- {\n', 2, /./],
  [
    'what is missing',
    '- check: naked-pod\n- {check: naked-pod, object: a, reason: b}\n',
    1,
    /object and reason is missing/,
  ],
])('a file is refused for %s, with the place', (_, text, line, reason) => {
  const { unreadable } = fromFile(text);
  expect(unreadable).toMatchObject([{ file: 'accepted.yaml', line }]);
  expect(unreadable[0]!.reason).toMatch(reason);
});

test('an empty file suppresses nothing', () =>
  expect(fromFile('# none yet\n')).toEqual({ suppressions: [], unreadable: [] }));

describe('one that is about nothing that is judged says what may be meant', () => {
  const at = { file: 'accepted.yaml', line: 1, column: 1, path: '' };
  const objects = new Map([
    ['Pod/shop/web', ['app', 'proxy']],
    ['ConfigMap/shop/web-config', []],
    ['ClusterRole/reader', []],
  ]);
  const said = (object: string, container?: string) => {
    const suppression = { check: 'image-pinned', object, reason: 'r', at, ...(container ? { container } : {}) };
    const [found] = suppress([], [suppression], KNOWN, { checks: KNOWN, objects }).findings;
    return `${found?.message}; ${found?.fix}`;
  };
  test.each([
    ['Pod/shop/wbe', 'Pod/shop/web'],
    ['Pod/web', 'Pod/shop/web'],
    ['pod/shop/web', 'Pod/shop/web'],
    ['ConfigMap/shop/web-confg', 'ConfigMap/shop/web-config'],
    ['ClusterRole/raeder', 'ClusterRole/reader'],
    ['Pod/shpo/*', 'Pod/shop/web'],
  ])('%s: %s', (object, meant) =>
    expect(said(object)).toBe(
      `no object that is judged here is called ${object}, so nothing is suppressed; name an object that is judged: did you mean ${meant}?`,
    ),
  );
  test('where nothing is near, how to name an object', () =>
    expect(said('Job/other/migrate')).toMatch(/is called Job\/other\/migrate.*; name an object as findings do/));
  test('a container of the object', () => {
    expect(said('Pod/shop/web', 'proxi')).toMatch(/has no container proxi.*did you mean proxy\?/);
    expect(said('Pod/*/web', 'unlike')).toMatch(/has no container unlike.*app, proxy/);
    expect(said('ConfigMap/shop/web-config', 'a')).toMatch(/it has none/);
    expect(said('Pod/shop/web', 'app')).toMatch(/finds nothing at Pod\/shop\/web, container app, any more/);
  });
  test('an object that is there, and has no such finding, has none any more', () => {
    expect(said('Pod/shop/web')).toMatch(/finds nothing at Pod\/shop\/web any more.*; remove the suppression/);
    expect(said('Pod/*/*')).toMatch(/finds nothing at Pod\/\*\/\* any more/);
  });
});

test.each([
  ['a field that a suppression has not', 'containr: app', /has no field containr; did you mean container\?/],
  ['a container that is no name', 'container: 1', /the name of one: a string/],
])('a file is refused for %s, which would suppress more than it says', (_, field, reason) => {
  const { suppressions, unreadable } = fromFile(`- {check: naked-pod, object: a, reason: b, ${field}}\n`);
  expect(suppressions).toEqual([]);
  expect(unreadable[0]?.reason).toMatch(reason);
});

describe('patterns, containers and comments', () => {
  const at = { file: 'accepted.yaml', line: 1, column: 1, path: '' };
  const base = { check: 'image-pinned', reason: 'r', at };

  test('a star stands for any part of a name, and not for a namespace', () => {
    const found = ['Pod/shop/migrate-1', 'Pod/shop/web', 'Pod/other/migrate-1'].map((object) =>
      finding('image-pinned', object),
    );
    const left = (object: string) =>
      suppress(found, [{ ...base, object }], KNOWN, { checks: KNOWN }).findings.map((each) => each.object);
    expect(left('Pod/shop/migrate-*')).toEqual(['Pod/shop/web', 'Pod/other/migrate-1']);
    expect(left('Pod/*')).toHaveLength(4);
    expect(left('Pod/*/*')).toEqual([]);
    expect(left('Pod/shop/migrate.1')).toHaveLength(4);
  });

  test('a container is named, not counted', () => {
    const found = ['web', 'proxy'].map((container) => ({ ...finding('image-pinned', 'Pod/shop/a'), container }));
    expect(
      suppress(found, [{ ...base, object: 'Pod/shop/a', container: 'proxy' }], KNOWN, { checks: KNOWN }).findings,
    ).toMatchObject([{ container: 'web' }]);
  });

  const commented = (text: string, lines: readonly number[]) => {
    const { resources } = readSources([{ file: 'a.yaml', text }]);
    const suppressions = commentedSuppressions(new World(resources, new Facts([])));
    const found = lines.map((line) => ({ ...finding('image-pinned', 'Pod/shop/a'), line }));
    return suppress(found, suppressions, KNOWN, { checks: KNOWN }).findings.map(
      ({ check, line, message }) => `${check} ${line} ${message}`,
    );
  };
  const pod = 'apiVersion: v1\nkind: Pod\nmetadata: { name: a, namespace: shop }\nspec:\n';

  test('a comment counts for its own line, or for the next one that is none', () => {
    expect(commented(`${pod}  x: 1 # strata: ignore image-pinned built on the spot\n  y: 1\n`, [5, 6])).toEqual([
      'image-pinned 6 m',
    ]);
    expect(
      commented(`${pod}  # strata: ignore image-pinned built here\n  # and nowhere else\n\n  x: 1\n  y: 2\n`, [8, 9]),
    ).toEqual(['image-pinned 9 m']);
  });
  test('a comment needs the check and a reason, and one that suppresses nothing is a finding', () => {
    expect(commented(`${pod}  x: 1 # strata: ignore image-pinned\n`, [5])).toEqual([
      'image-pinned 5 m',
      expect.stringMatching(/^unused-suppression 5 .*gives no reason/),
    ]);
    expect(commented(`${pod}  x: 1 # strata: ignore image-pined because\n`, [])).toEqual([
      expect.stringMatching(/^unused-suppression 5 there is no check image-pined/),
    ]);
    expect(commented(`${pod}  x: 1 # strata: ignore image-pinned because\n`, [])).toEqual([
      expect.stringMatching(/^unused-suppression 5 image-pinned finds nothing at this line/),
    ]);
  });
  test('a comment on the wrong line is told where the finding is', () => {
    const [, told] = commented(`${pod}  x: 1 # strata: ignore image-pinned because\n  y: 1\n`, [6]);
    expect(told).toMatch(/^unused-suppression 5 image-pinned finds nothing at this line, and something at line 6/);
  });
  test.each(['suppress', 'skip', 'ignored', 'ignore-next-line'])('a comment with the word %s is told', (word) => {
    const said = commented(`${pod}  x: 1 # strata: ${word} image-pinned because\n`, [5]);
    expect(said).toEqual([
      'image-pinned 5 m',
      `unused-suppression 5 a comment suppresses image-pinned with the word ignore, and this one says ${word}`,
    ]);
  });
  test('a comment that only begins like one is prose', () =>
    expect(commented(`${pod}  x: 1 # strata: judges this\n# strata: rocks\n`, [])).toEqual([]));
  test('a comment of another file does not count', () => {
    const { resources } = readSources([
      { file: 'b.yaml', text: `${pod}  x: 1 # strata: ignore image-pinned because\n` },
    ]);
    const suppressions = commentedSuppressions(new World(resources, new Facts([])));
    const found = { ...finding('image-pinned', 'Pod/shop/a'), line: 5 };
    expect(suppress([found], suppressions, KNOWN, { checks: KNOWN }).suppressed).toBe(0);
  });
});

test('a reason of spaces is none: the finding stays, and the suppression is told', () => {
  // As an annotation may have it.
  const suppressions = fromFile(FILE).suppressions.map((suppression) => ({ ...suppression, reason: '  ' }));
  const { findings, suppressed } = suppress([finding('naked-pod', 'Pod/shop/probe')], suppressions, KNOWN, {
    checks: KNOWN,
  });
  expect(suppressed).toBe(0);
  expect(findings.map(({ check, message }) => `${check}: ${message}`)).toEqual([
    'naked-pod: m',
    'unused-suppression: the suppression of naked-pod gives no reason, so it does not count',
  ]);
});
