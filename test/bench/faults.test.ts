import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import { worldOf } from '../checks/judging';

const folder = join(__dirname, '../../bench/faults');
const app = readFileSync(join(folder, 'app.yaml'), 'utf8');
/** The list is a module that jest does not load. */
const { stdout } = spawnSync(
  'node',
  [
    '-e',
    `import(${JSON.stringify(join(folder, 'faults.mjs'))}).then(({ faults }) => console.log(JSON.stringify(faults)))`,
  ],
  { encoding: 'utf8' },
);
const faults = JSON.parse(stdout) as { what: string; right: string; wrong: string; check: string }[];
const found = (text: string, verdict: 'fail' | 'unknown', declared?: string) =>
  runChecks(worldOf(text, declared === undefined ? {} : { declared }), checks)
    .filter((finding) => finding.severity === 'will-break' && finding.verdict === verdict)
    .map(({ check }) => check);
const breaks = (text: string) => found(text, 'fail');
/** Another policy that is not here could allow it: that cannot be told until somebody says that there is none. */
const OPEN = 'dns-egress-allowed';

describe('ten faults that everyone makes, in a folder without a Namespace', () => {
  test('there are ten, and the app without them breaks nowhere', () => {
    expect(faults).toHaveLength(10);
    expect(breaks(app)).toEqual([]);
  });
  test.each(faults.filter(({ check }) => check !== OPEN))('$what: will break, by $check', ({ right, wrong, check }) => {
    expect(app.split(right)).toHaveLength(2);
    expect(breaks(app.replace(right, wrong))).toContain(check);
  });
  test('a policy that shuts DNS off cannot be told, and will break where the manifests are all there is', () => {
    const { right, wrong } = faults.find(({ check }) => check === OPEN)!;
    expect(found(app, 'unknown')).not.toContain(OPEN);
    expect(found(app.replace(right, wrong), 'unknown')).toContain(OPEN);
    expect(found(app.replace(right, wrong), 'fail', '# nothing else\n')).toContain(OPEN);
  });
});
