import type { ReportedFinding } from '../../checks/finding';
import { annotatedSuppressions, readSuppressions, suppress } from '../../checks/suppress';
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
    KNOWN,
  );
  expect(findings.map(({ check, object }) => `${check} ${object}`)).toEqual([
    'naked-pod Pod/shop/other',
    'image-pinned Pod/shop/probe',
  ]);
  expect(suppressed).toBe(1);
});

test('one that no longer applies is a finding at its own place', () => {
  const { findings } = suppress([], fromFile(FILE).suppressions, KNOWN, KNOWN);
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
  expect(suppress([], fromFile(FILE).suppressions, ['image-pinned'], KNOWN).findings).toEqual([]));

test('a check that does not exist is told, with the one that may be meant', () => {
  const { findings } = suppress([], fromFile(FILE.replace('naked-pod', 'naked-pods')).suppressions, KNOWN, KNOWN);
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
    strata/suppress.naked-pod: lives for a minute
    strata/suppress.image-pinned: ""
`,
    },
  ]);
  const written = annotatedSuppressions(new World(resources, new Facts([])));
  expect(written).toMatchObject([
    { check: 'naked-pod', object: 'Pod/shop/probe', reason: 'lives for a minute', at: { line: 7 } },
    { check: 'image-pinned' },
  ]);
  const { findings } = suppress(
    [finding('naked-pod', 'Pod/shop/probe'), finding('image-pinned', 'Pod/shop/probe')],
    written,
    KNOWN,
    KNOWN,
  );
  expect(findings.map(({ check }) => check)).toEqual(['image-pinned', 'unused-suppression']);
  expect(findings[1]).toMatchObject({ message: expect.stringMatching(/no reason/), line: 8 });
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
