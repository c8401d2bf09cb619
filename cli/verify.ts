import type { JudgingRule } from '../checks/check';
import { checksCalled, chosenChecks } from '../checks/choose';
import { weighed } from '../checks/config/severity';
import { exitCodeOf } from '../checks/finding';
import { Inputs } from '../checks/inputs';
import { checks as allChecks } from '../checks/registry';
import { verify as verifySubjects } from '../checks/verify';
import { systemAccess } from '../manifests/reading/inputs';
import { checkText } from '../report/checks';
import { formats } from '../report/formats';
import { appliedIn, configured } from './configured';
import type { Judged, Texts } from './fix';
import { accessTo, onceOnly, withFixes } from './fix';
import type { Run } from './options/table';
import { stdinNameOf, subjectsOf } from './subjects';
import type { verify } from './tables';

export const command: Run<typeof verify> = (project, { values: given, words }, host) => {
  const { values, config } = configured(given);
  const { all, format } = values;
  if (values.explain !== undefined) {
    for (const line of checksCalled(allChecks, values.explain).flatMap(checkText)) host.print(line);
    return 0;
  }
  const rules: readonly JudgingRule[] = [...allChecks, ...config.rules];
  const appliedTo = appliedIn(values, config);
  const checks = chosenChecks(weighed(rules, config.values.severity), values.only, values.skip);
  const stdinName = stdinNameOf(values['stdin-filename'], words);
  const stdin = onceOnly(systemAccess.stdin);
  const judge = (texts: Texts): Judged => {
    const inputs = new Inputs({ ...accessTo(texts, host.readerFile), stdin, stdinName }, host.progress);
    const { subjects, made } = subjectsOf(project, words, { ...values, appliedTo }, inputs, host.progress);
    if (words.includes('-')) made.set(stdinName ?? '-', 'standard input is not edited');
    const files = values.suppress ?? [];
    const suppressions = [
      ...config.suppressions,
      ...files.flatMap((file) => inputs.suppressionsAt('--suppress', file)),
    ];
    const report = verifySubjects(subjects, inputs, {
      checks,
      known: rules.map(({ id }) => id),
      suppressions,
      showsOrigin: ({ verdict, severity }) =>
        verdict === 'fail' && (severity === 'will-break' || all || format !== 'text'),
      progress: host.progress,
    });
    return { report, made };
  };
  const { report, repairable } = withFixes(values, judge, format === 'text' ? host.print : host.printError);
  const terminal = host.terminal === true;
  const color = terminal && !host.env['NO_COLOR'];
  host.print(formats[format](report, { all, complete: values.complete, checks, terminal, color, repairable }));
  return exitCodeOf(report, values['fail-on']);
};
