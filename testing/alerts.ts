import type { Composition } from '../model/composition';
import { verifyManifests } from '../verify';

/**
 * A Jest test per target: promtool runs the unit tests of its alerts. Without promtool on the PATH, or named by PROMTOOL, nothing is
 * tested, and that is said.
 */
export function testAlerts<P>({ matrix, ruleTests }: Composition<P>): void {
  const targets = matrix.targets().flatMap((target) => {
    const found = ruleTests?.(target);
    return found ? [{ name: target.name, ...found }] : [];
  });
  describe('alerts', () => {
    test.each(targets)('of $name fire, and do not, as their tests say', ({ rules, tests }) => {
      // What a ConfigMap of rules and tests is judged by judges them here.
      const data = {
        'rules.yml': JSON.stringify(rules),
        'rules.test.yml': JSON.stringify({ rule_files: ['rules.yml'], ...tests }),
      };
      const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'rules', namespace: 'default' }, data };
      const { findings } = verifyManifests({ objects: [map] }, { only: ['alert-tests-pass'] });
      const failed = findings.filter(({ verdict }) => verdict === 'fail').map(({ message }) => message);
      const unknown = findings.filter(({ verdict }) => verdict !== 'fail').map(({ message }) => message);
      if (unknown.length > 0) console.warn(`alerts are not tested: ${unknown.join('; ')}`);
      expect(failed).toEqual([]);
    });
  });
}
