import { chosenChecks } from '../checks/choose';
import { weighed } from '../checks/config/severity';
import { exitCodeOf } from '../checks/finding';
import { Inputs } from '../checks/inputs';
import { checks as allChecks } from '../checks/registry';
import type { Subject } from '../checks/verify';
import { verify as verifySubjects } from '../checks/verify';
import { systemAccess } from '../manifests/reading/inputs';
import { StrataError } from '../model/errors';
import type { Target } from '../model/target';
import type { PlannedTarget } from '../render/plan';
import { formats } from '../report/formats';
import { clusterGiven } from './cluster-given';
import type { Host, Project } from './command';
import { appliedIn, configured, declaredIn } from './configured';
import { plannedInMemory } from './subjects';

interface Planned<P> {
  readonly target: Target<P>;
  readonly planned: PlannedTarget;
}

/** Judges what is about to be published as `strata verify` does, by the same configuration, and throws for what must not be. */
export function judgePlanned<P>(
  { matrix }: Project<P>,
  { config: file }: { readonly config: string | undefined },
  host: Host,
): { readonly judge: (rendered: readonly Planned<P>[]) => void; readonly code: number } {
  const judged = {
    code: 0,
    judge: (rendered: readonly Planned<P>[]) => {
      const given = { config: file, cluster: undefined, declare: undefined, complete: false, 'fail-on': undefined };
      const { values, config } = configured({ ...given, skip: undefined as readonly string[] | undefined });
      const rules = [...allChecks, ...config.rules];
      const checks = chosenChecks(weighed(rules, config.values.severity), undefined, values.skip);
      const inputs = new Inputs({ ...systemAccess, readerFile: host.readerFile }, host.progress);
      const { factsFor } = clusterGiven(() => matrix.clusters, { ...values, cluster: undefined }, inputs);
      const declared = declaredIn(values, inputs);
      const subjects = rendered.map(({ target, planned }): Subject => {
        host.progress?.(`judging ${target.name}`);
        const { manifests, expected } = plannedInMemory(target, planned, inputs);
        return {
          manifests,
          facts: factsFor(manifests.resources, target.cluster).with(expected),
          declared,
          previous: undefined,
          unread: inputs.unreadable.filter(({ foreign }) => foreign !== true),
          appliedTo: appliedIn({ namespace: undefined }, config),
        };
      });
      const report = verifySubjects(subjects, inputs, {
        checks,
        known: rules.map(({ id }) => id),
        suppressions: config.suppressions,
        showsOrigin: () => false,
        progress: host.progress,
      });
      judged.code = exitCodeOf(report, values['fail-on']);
      if (judged.code === 0) return;
      host.printError(formats.text(report, { all: false, complete: values.complete, checks, color: false }));
      throw new StrataError('strata publish', 'strata verify fails for what would be published, so nothing is', [
        'correct what is said above: strata verify judges it as often as you like',
      ]);
    },
  };
  return judged;
}
