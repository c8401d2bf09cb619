import { all, file, node, planned, run, workload } from './support';

const web = workload('Deployment', 'web', '500m', 'replicas: 2');
const facts = all(node('a'), node('b'));

describe('an option of another WHAT is refused, with what it is for', () => {
  test.each([
    ['schedule', ['--to', '9'], '--to: the option is for strata simulate upgrade'],
    ['schedule', ['--zone', 'qq'], '--zone: the option is for strata simulate drain, strata simulate lose'],
    ['schedule', ['--unready'], '--unready: the option is for strata simulate rollout'],
    ['rollout', ['--all'], '--all: the option is for strata simulate drain, strata simulate lose'],
    ['lose', ['--force', '--node', 'a'], '--force: the option is for strata simulate drain, strata simulate upgrade'],
  ])('simulate %s %s', (what, options, message) =>
    expect(() => run(what, file(web), '--cluster', file(facts), ...options)).toThrow(message),
  );
  test.each([
    ['drain', ['--node', 'a', '--taint', 'a=b:NoSchedule'], '--taint: the option is for strata plan maintain'],
    ['drain', ['--all', '--by', 'node'], '--by: the option is for strata plan maintain'],
    ['capacity', ['--node', 'n0'], '--node: the option is for strata plan drain, strata plan maintain'],
    ['upgrade', ['--top', 'x'], '--top: the option is for strata plan capacity'],
    ['maintain', ['--provider', 'eks'], '--provider: the option is for strata plan upgrade'],
  ])('plan %s %s', (what, options, message) => expect(() => planned(what, web, facts, ...options)).toThrow(message));
});

test('a patch release that may not exist is said to be unknown', () => {
  const head = (to: string) => run('upgrade', file(web), '--cluster', file(facts), '--to', to).text.split('\n')[0];
  expect(head('1.35.99')).toMatch(/ to 1\.35\.99 \(1\.35\.\d+ is the newest release that is known: it may not exist\)/);
  expect(head('1.35.1')).not.toContain('may not exist');
  expect(planned('upgrade', web, facts, '--to', '1.36.99').text).toContain('it may not exist');
});
