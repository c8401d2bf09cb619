import { batchesOf, previousOf } from '../checks/batches';
import type { JudgingRule } from '../checks/check';
import { checksCalled, chosenChecks } from '../checks/choose';
import { weighed } from '../checks/config/severity';
import { exitCodeOf } from '../checks/finding';
import { existing, Inputs } from '../checks/inputs';
import { checks as allChecks } from '../checks/registry';
import type { Subject } from '../checks/verify';
import { verify as verifySubjects } from '../checks/verify';
import { systemAccess } from '../manifests/reading/inputs';
import { checkText } from '../report/checks';
import { formats } from '../report/formats';
import { clusterGiven } from './cluster-given';
import { appliedIn, configured, declaredIn } from './configured';
import type { Judged, Texts } from './fix';
import { accessTo, onceOnly, RENDERED, withFixes } from './fix';
import type { Run } from './options/table';
import { renderedInMemory, stdinNameOf, targetsAndPaths } from './subjects';
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
    const made = new Map<string, string>();
    const inputs = new Inputs({ ...accessTo(texts, host.readerFile), stdin, stdinName }, host.progress);
    if (words.includes('-')) made.set(stdinName ?? '-', 'standard input is not edited');
    const { kubernetes, factsFor } = clusterGiven(() => project.matrix.clusters, values, inputs);
    const declared = declaredIn(values, inputs);
    const files = values.suppress ?? [];
    const suppressions = [
      ...config.suppressions,
      ...files.flatMap((file) => inputs.suppressionsAt('--suppress', file)),
    ];
    const previous = values.previous === undefined ? undefined : existing('--previous', values.previous);
    const liveAt = (paths: readonly string[]) =>
      paths.length > 0 ? inputs.read(paths, kubernetes).resources : undefined;

    const { targets, paths } = targetsAndPaths(project, words);
    const subjects: Subject[] = [];
    for (const target of targets) {
      host.progress?.(`rendering ${target.name}`);
      const { manifests, originOf } = renderedInMemory(project, target, inputs);
      const facts = factsFor(manifests.resources, target.cluster);
      for (const { source } of manifests.resources) made.set(source.file, RENDERED);
      subjects.push({ manifests, facts, declared, previous: liveAt(previousOf(target.path, previous)), originOf });
    }
    for (const batch of batchesOf(paths, previous)) {
      const manifests = inputs.read(batch.paths, kubernetes);
      if (batch.cluster !== undefined) for (const { source } of manifests.resources) made.set(source.file, RENDERED);
      const own = batch.cluster && project.matrix.clusters.find(({ name }) => name === batch.cluster);
      subjects.push({
        manifests,
        facts: factsFor(manifests.resources, own || undefined),
        declared,
        previous: liveAt(batch.previous),
        appliedTo,
      });
    }
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
  const report = withFixes(values, judge, format === 'text' ? host.print : host.printError);
  const terminal = host.terminal === true;
  host.print(
    formats[format](report, {
      all,
      complete: values.complete,
      checks,
      terminal,
      color: terminal && !host.env['NO_COLOR'],
    }),
  );
  return exitCodeOf(report, values['fail-on']);
};
