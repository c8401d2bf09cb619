import { meantName, StrataError } from '../../model/errors';
import type { JudgingRule } from '../check';
import type { ConfigValues } from './schema';

/** The rules as a repository counts them: those that are off left out, the others with their severity. */
export function weighed<R extends JudgingRule>(
  rules: readonly R[],
  severity: ConfigValues['severity'] = {},
): readonly R[] {
  const ids = rules.map(({ id }) => id);
  const unknown = Object.keys(severity).find((id) => !ids.includes(id));
  if (unknown !== undefined)
    throw new StrataError(`severity.${unknown}`, 'is no check', [
      `name a check: ${meantName(unknown, ids) || 'strata checks lists them'}`,
    ]);
  return rules.flatMap((rule) => {
    const own = severity[rule.id] ?? rule.severity;
    return own === 'off' ? [] : [own === rule.severity ? rule : { ...rule, severity: own }];
  });
}
