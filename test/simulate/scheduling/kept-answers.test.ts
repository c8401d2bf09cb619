import { choiceOf, shortChoice } from '../../oracle/scheduler-answers';
import { casesOf, verdictsOf } from '../../oracle/scheduler-cases';
import { busyCasesOf } from '../../oracle/scheduler-priorities';
import { answers, reasons, seed } from './answers.json';
import choices from './choices.json';

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

/** The scores of Kubernetes 1.35.4, and the pods that its DefaultPreemption would have go, for the first cases of a seed. */
test('the nodes are scored, and pods preempted, as the scheduler does, case by case', () => {
  const next = busyCasesOf(choices.seed);
  for (const [i, answer] of choices.answers.entries()) {
    const each = next();
    if (answer !== 'refused')
      expect({ case: i, choice: shortChoice(choiceOf(each)) }).toEqual({ case: i, choice: answer });
  }
  const said = (pattern: RegExp) => choices.answers.filter((answer) => pattern.test(answer)).length;
  expect(said(/^n\d=\d+ n\d/)).toBeGreaterThan(30);
  expect(said(/; n\d: .*picked/)).toBeGreaterThan(10);
  expect(said(/violated/)).toBeGreaterThan(10);
  expect(said(/preemptionPolicy=Never/)).toBeGreaterThan(0);
  expect(said(/terminating pod on the nominated node/)).toBeGreaterThan(0);
});
