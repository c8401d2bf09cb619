import { spawnSync } from 'node:child_process';
import type { Composition } from '../model/composition';
import { addTo } from '../model/multimap';
import type { PromtoolTests } from '../model/promtool-tests';
import { verifyManifests } from '../verify';

/**
 * A Jest test per target that evaluates rules: promtool runs the unit tests of its alerts. Without promtool on the PATH, or named by
 * PROMTOOL, the tests are skipped, and their names say so.
 */
export function testAlerts<P>({ matrix, ruleTests }: Composition<P>): void {
  // Targets whose rules are the same to the letter are tested once.
  const targets = new Map<string, string[]>();
  for (const target of matrix.targets()) {
    const found = ruleTests?.(target) ?? [];
    if (found.length > 0) addTo(targets, JSON.stringify(found), target.name);
  }
  const cases = [...targets].map(([found, names]) => ({
    names: names.join(', '),
    groups: JSON.parse(found) as readonly PromtoolTests[],
  }));
  if (cases.length === 0) return;
  describe('alerts', () => {
    if (!hasPromtool()) {
      test.skip.each(cases)('of $names are not tested: install promtool, or name it by PROMTOOL', () => {});
      return;
    }
    test.each(cases)('of $names fire, and do not, as their tests say', ({ groups }) => {
      // What a ConfigMap of rules and tests is judged by judges them here.
      const data = Object.fromEntries(
        groups.flatMap(({ name, rules, tests }) => [
          [`${name}.yml`, JSON.stringify(rules)],
          [`${name}.test.yml`, JSON.stringify({ rule_files: [`${name}.yml`], ...tests })],
        ]),
      );
      const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'rules', namespace: 'default' }, data };
      const { findings } = verifyManifests({ objects: [map] }, { only: ['alert-tests-pass'] });
      expect(findings.map(({ message }) => message)).toEqual([]);
    });
  });
}

/** Whether the program is there that `alert-tests-pass` calls. */
function hasPromtool(): boolean {
  return spawnSync(process.env['PROMTOOL'] ?? 'promtool', ['--version']).error === undefined;
}
