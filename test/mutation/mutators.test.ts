import { equivalentOf } from './equivalents';
import { applied, mutantsOf } from './mutators';
import { probeAround, probed } from './probes';
import { lineOf, sampleOf } from './sample';

const changes = (text: string) =>
  mutantsOf('a.ts', text).map(({ original, replacement }) => `${original} → ${replacement}`);
/** The changes of a statement of a function. */
const inside = (statement: string) => changes(`function* f() {\n${statement}\n}`);

test.each<[string, string, string[]]>([
  ['a condition holds always, or never', 'if (a) return;', ['a → true', 'a → false']],
  ['a loop is never entered', 'while (a) break;', ['a → false', 'break; → ;']],
  ['a bound is moved and turned', 'g(a < b);', ['g(a < b); → ;', '< → <=', '< → >=']],
  ['both halves of a condition are left out in turn', 'const x = a && b;', ['a && b → a', 'a && b → b', '&& → ||']],
  ['numbers are subtracted in place of added, texts are not', "const x = [a + b, a + ' '];", ['+ → -']],
  ['a not is dropped', 'const x = !a;', ['!a → a']],
  ['a result is left out', 'return a;', ['a → undefined']],
  ['a list is empty', 'return a.map(b);', ['a.map(b) → []']],
  ['a truth is fixed', 'return a === b;', ['a === b → true', 'a === b → false', '=== → !==']],
  ['a step is not taken', 'yield a;', ['yield a; → ;']],
  ['a missing object is not expected', 'const x = a?.b;', ['?. → .']],
  ['all in place of some', 'const x = a.some(b);', ['some → every']],
  ['nothing is filtered', 'const x = a.filter(b);', ['a.filter(b) → a']],
  ['a spread is left out', 'const x = [...a, b];', ['...a, → ']],
  ['a word of an API is another one', "const x = a.kind === 'Pod';", ['=== → !==', "'Pod' → 'mutated'"]],
])('%s', (_, statement, expected) => expect(inside(statement)).toEqual(expected));

test('types, imports, names of properties, wording and tables of facts are left alone', () => {
  const table = Array.from({ length: 10 }, (_, i) => `'kind-${i}'`).join(', ');
  expect(
    changes(`import { a } from 'node:fs';
      type T = 'x' | { readonly 'y-z': boolean };
      const kinds = new Set([${table}]);
      const named = { 'a-b': 1 };
      const wording = (n: number) => g(\`\${n === 1 ? 'one' : 'many'} pods\`, 'more than one word');`),
  ).toEqual(["g(`${n === 1 ? 'one' : 'many'} pods`, 'more than one word') → undefined"]);
});

test('the change is made at its place', () => {
  const text = 'const f = (a: number) => a < 1;';
  const mutant = mutantsOf('a.ts', text).find(({ replacement }) => replacement === '<=')!;
  expect(applied(mutant, text)).toBe('const f = (a: number) => a <= 1;');
});

test('a probe stands in every statement of a function, and the innermost one is that of a place', () => {
  const text = 'const f = (a) => a.map((b) => b + 1);\nfunction g(a) { if (a) return 1; return 2; }';
  const made = probed(text, 5);
  expect(made.text).toBe(
    'const f = (a) => (__ran[5]=1,a.map((b) => (__ran[6]=1,b + 1)));\n' +
      'function g(a) { __ran[7]=1;if (a) {__ran[8]=1;return 1;} __ran[9]=1;return 2; }',
  );
  const at = (part: string) => probeAround(made, text.indexOf(part), text.indexOf(part) + part.length);
  expect(['b + 1', 'a.map', 'if (a)', '1; return', '2', 'const f'].map(at)).toEqual([6, 5, 7, undefined, 9, undefined]);
  expect(at('return 1')).toBe(8);
});

describe('a sample', () => {
  const text = Array.from({ length: 40 }, (_, i) => `export const f${i} = (a: number) => a < ${i};`).join('\n');
  const drawn = (source: string, seed: string, file = 'world/a.ts') => {
    const texts = new Map([[file, source]]);
    return sampleOf(mutantsOf(file, source), texts, 10, seed).map(
      (mutant) => `${lineOf(mutant, source)} ${mutant.replacement}`,
    );
  };

  test('is the same for the same seed, also after lines were added above and the file was moved', () => {
    expect(drawn(text, '1')).toHaveLength(10);
    expect(drawn(`// a comment\n\n${text}`, '1', 'simulate/a.ts')).toEqual(drawn(text, '1'));
  });
  test('is another one for another seed', () => expect(drawn(text, '2')).not.toEqual(drawn(text, '1')));
});

test('an equivalent mutant is found by its line and its change, wherever the line stands', () => {
  const entry = { file: 'a.ts', line: 'if (a < b) c();', original: '<', replacement: '<=', reason: 'b is never a' };
  const text = 'function f() {\n  if (a < b) c();\n}';
  const found = mutantsOf('a.ts', text).filter((mutant) => equivalentOf(mutant, lineOf(mutant, text), [entry]));
  expect(found.map(({ line, replacement }) => [line, replacement])).toEqual([[2, '<=']]);
  expect(found.some((mutant) => equivalentOf(mutant, 'if (a < d) c();', [entry]))).toBe(false);
});
