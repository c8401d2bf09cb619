import { goRegExp } from '../../../upstream/kubernetes/cel/regexp';
import { celRule } from '../../../upstream/kubernetes/cel/rule';
import { structuralProblems } from '../../../upstream/kubernetes/structural/judge';
import { CRD_FIELDS, CRD_RULES, CRD_VALUES } from '../../oracle/crd-rules';

const judged = (rule: string, spec: unknown = CRD_VALUES[0]) =>
  structuralProblems(
    { apiVersion: 'example.com/v1', kind: 'A', metadata: { name: 'a' }, spec },
    {
      type: 'object',
      properties: { spec: { type: 'object', properties: CRD_FIELDS, 'x-kubernetes-validations': [{ rule }] } },
    },
    undefined,
  );
const verdictOf = (rule: string, spec?: unknown) => {
  const [problem] = judged(rule, spec);
  return problem ? (problem.undecided ? 'unknown' : 'fails') : 'holds';
};

test.each(CRD_RULES.filter(([, verdict]) => verdict !== 'refused'))('%s %s, as on the API server', (rule, verdict) =>
  expect(verdictOf(rule)).toBe(verdict),
);

describe('what is not known here is unknown, never silence', () => {
  test.each([
    'nosuch(self.s)',
    'self.s.nosuch()',
    'authorizer.group("").resource("pods").check("get").allowed()',
    '[?self.?s].size() == 1',
    '{?"a": self.?s}.size() == 1',
    'self.s == ',
    'self.q > 5 && self.q.nosuch()',
  ])('%s', (rule) => expect(verdictOf(rule)).toBe('unknown'));
  test('a duration that only Kubernetes reads', () =>
    expect(verdictOf("self.p < duration('1h')", { p: '1 day' })).toBe('unknown'));
  test('unless the rest decides', () => {
    expect(verdictOf('self.n == 5 || self.s.nosuch()')).toBe('holds');
    expect(verdictOf('self.n == 4 && self.s.nosuch()')).toBe('fails');
  });
});

describe('optional syntax', () => {
  test.each([
    ["self.s == '.?a[?0]' || self.?s.hasValue()", 'holds'],
    ["self . ? s . orValue('') == 'abc'", 'holds'],
    ["self.m[?'k'].orValue('[?') == 'v'", 'holds'],
    ['self.objs[?self.i[?0].orValue(0)].k.orValue("") == "b"', 'holds'],
    ['self.n > 3 ?self.n == 5:false', 'holds'],
    ['[self.n > 3 ? 1 : 0][0] == 1', 'holds'],
    ['self.?o.a // a comment with .?x\n .orValue("") == "oa"', 'holds'],
    ['has(self.?gone.a)', 'fails'],
  ])('%s %s', (rule, verdict) => expect(verdictOf(rule)).toBe(verdict));
});

describe('macros of two variables', () => {
  test('a variable of an inner macro is its own', () => {
    expect(verdictOf('self.i.all(i, v, self.i.exists(v, v == 3) && v < 4)')).toBe('holds');
    expect(verdictOf('self.i.all(i, v, self.l.all(i, w, i < 2))')).toBe('holds');
  });
  test('an error counts only where nothing decides', () => {
    expect(verdictOf('self.i.exists(i, v, self.i[v] == 9 || v == 3)')).toBe('holds');
    expect(verdictOf('self.i.all(i, v, self.i[v] > 0)')).toBe('fails');
  });
});

test('expressions are those of Go: what JavaScript alone has is none', () => {
  expect(goRegExp('(?=a)')).toBeUndefined();
  expect(goRegExp('(a)\\1')).toBeUndefined();
  expect(goRegExp('(?i)A[[:digit:]]\\z')?.test('a1')).toBe(true);
  expect(goRegExp('a|ab')?.find('ab')).toBe('a');
  expect(goRegExp('[a-z]+')?.findAll('a1bc2', -1)).toEqual(['a', 'bc']);
});

test('a rule is compiled once', () => expect(celRule('self == 1')).toBe(celRule('self == 1')));

describe('a pattern of a schema matches as in Go', () => {
  const matches = (pattern: string, value: string) =>
    structuralProblems(
      { spec: value },
      { type: 'object', properties: { spec: { type: 'string', pattern } } },
      undefined,
    ).length === 0;
  test.each([
    ['^[a-z\\-]+$', 'a-b', true],
    ['^[a-z\\-]+$', 'a_b', false],
    ['^(?i)ABC$', 'abc', true],
    ['^[[:alnum:]]+$', 'a1', true],
    ['^[[:alnum:]]+$', 'a-', false],
    ['^\\pL+$', 'é', true],
    ['^.$', '😀', true],
    ['^\\s$', '\u00a0', false],
    ['^a$', 'a\n', false],
    ['\\Aab\\z', 'ab', true],
    ['^a_b\\_c$', 'a_b_c', true],
  ])('%s on %j: %s', (pattern, value, expected) => expect(matches(pattern, value)).toBe(expected));
  test('one that Go does not take is not judged by', () => expect(matches('^(?!a)', 'a')).toBe(true));
});
