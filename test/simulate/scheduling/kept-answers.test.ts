import { casesOf, verdictsOf } from '../../oracle/scheduler-cases';
import { answers, reasons, seed } from './answers.json';

/** What the filters of Kubernetes 1.35.4 said to the first cases of a seed: `npm run oracle:scheduler` asks them. */
test('every node says what the scheduler says, case by case', () => {
  const next = casesOf(seed);
  const seen = new Set<string>();
  for (const [i, answer] of answers.entries()) {
    const each = next();
    if (answer === 'refused') continue;
    const theirs = answer.split(' ').map((index) => reasons[Number(index)]!);
    const own = Object.values(verdictsOf(each)).map((said, node) =>
      // A node that the pod's affinity leaves out by name is not asked for more.
      theirs[node] === 'not asked' && said.length > 0 ? 'not asked' : said.join('; '),
    );
    expect({ case: i, said: own }).toEqual({ case: i, said: theirs });
    for (const said of theirs) seen.add(said);
  }
  expect(seen).toContain('');
  expect(seen.size).toBeGreaterThan(15);
});
