import { all, file, node, planned, run, workload } from './support';

// What somebody had cordoned before is not undone.
const web = workload('Deployment', 'web', '500m', 'replicas: 2');
const held = workload('StatefulSet', 'db', '100m', 'replicas: 1', 'nodeSelector: { kubernetes.io/hostname: a }');
const facts = all(node('a', 'unschedulable: true'), node('b'), node('c'));
const of = (what: string, ...options: string[]) => planned(what, web, facts, ...options).text;

test.each(['drain', 'maintain'])('the runbook of %s leaves a cordoned node cordoned, and says so', (what) => {
  const text = of(what, '--all');
  expect(text).not.toMatch(/^\d+\. `kubectl (un)?cordon a`/m);
  expect(text).toContain('Leave a cordoned, as it was before.');
  expect(text).toContain('it was cordoned before, and stays so');
  for (const open of ['b', 'c']) expect(text).toMatch(new RegExp(`^\\d+\\. \`kubectl uncordon ${open}\``, 'm'));
});

test.each([
  ['drain', []],
  ['maintain', []],
  ['maintain', ['--taint', 'work']],
])('the script of %s %s leaves it cordoned, and says so', (what, options) => {
  const text = of(what, '--all', '--format', 'sh', ...options);
  expect(text.match(/^kubectl uncordon .*/gm)).toEqual(['kubectl uncordon b', 'kubectl uncordon c']);
  expect(text).toMatch(/^say '.*a stays cordoned, as it was before/m);
});

test('of an upgrade, the node stays cordoned, and a second run passes it over', () => {
  const text = planned('upgrade', web, facts, '--to', '1.36', '--format', 'sh').text;
  expect(text.match(/^ *kubectl uncordon .*/gm)!.map((line) => line.trim())).toEqual([
    'kubectl uncordon b',
    'kubectl uncordon c',
  ]);
  expect(text).toContain('if ! ask runs_kubelet a 1.36; then');
  expect(text).toContain('if ! ask runs_kubelet b 1.36 || ask is_cordoned b; then');
});

test('the simulation gives it no pod afterwards', () => {
  const drained = (unschedulable: string, ...options: string[]) =>
    run('drain', file(all(web, held)), '--cluster', file(all(node('a', unschedulable), node('b'))), '--all', ...options)
      .text;
  expect(drained('unschedulable: true')).toContain('a is drained; it was cordoned before, and stays so');
  expect(drained('')).not.toContain('cordoned before');
  const pods = (unschedulable: string) =>
    (
      JSON.parse(drained(unschedulable, '--format', 'json')) as {
        nodes: { pods: { pod: string; to: string | null }[] }[];
      }
    ).nodes[1]!.pods;
  expect(pods('').filter(({ to }) => to === 'a').length).toBeGreaterThan(0);
  expect(pods('unschedulable: true').filter(({ to }) => to === 'a')).toEqual([]);
});
