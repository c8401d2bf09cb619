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
import type { World } from '../world/world';
import { clusterGiven } from './cluster-given';
import type { Host, Project } from './command';
import { appliedIn, configured, declaredIn } from './configured';
import { plannedInMemory } from './subjects';

interface Planned<P> {
  readonly target: Target<P>;
  readonly planned: PlannedTarget;
}

/** What is said of the judging of targets that are rendered in memory. */
interface JudgingGiven {
  readonly config: string | undefined;
  readonly cluster: string | undefined;
  readonly declare: readonly string[] | undefined;
  readonly complete: boolean;
  readonly namespace: string | undefined;
}

/** Judges targets that are rendered in memory as `strata verify` does, by the same configuration, which is read once. */
export function plannedVerifier<P>(
  { matrix }: Pick<Project<P>, 'matrix'>,
  given: JudgingGiven,
  host: Host,
  // Every target has a cluster of its own.
  clusterOf: (values: { readonly cluster: string | undefined }) => string | undefined = () => undefined,
) {
  const { namespace, ...asked } = given;
  const { values, config } = configured({
    ...{ ...asked, 'fail-on': undefined },
    skip: undefined as readonly string[] | undefined,
  });
  const rules = [...allChecks, ...config.rules];
  const checks = chosenChecks(weighed(rules, config.values.severity), undefined, values.skip);
  const judge = (rendered: readonly Planned<P>[], onWorld?: (world: World) => void) => {
    const inputs = new Inputs({ ...systemAccess, readerFile: host.readerFile }, host.progress);
    const { factsFor } = clusterGiven(() => matrix.clusters, { ...values, cluster: clusterOf(values) }, inputs);
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
        appliedTo: appliedIn({ namespace }, config),
      };
    });
    return verifySubjects(subjects, inputs, {
      checks,
      known: rules.map(({ id }) => id),
      suppressions: config.suppressions,
      showsOrigin: () => false,
      progress: host.progress,
      onWorld,
    });
  };
  return { values, checks, judge };
}

/** Judges what is about to be published, and throws for what must not be. */
export function judgePlanned<P>(
  project: Project<P>,
  { config }: { readonly config: string | undefined },
  host: Host,
): { readonly judge: (rendered: readonly Planned<P>[]) => void; readonly code: number } {
  const judged = {
    code: 0,
    judge: (rendered: readonly Planned<P>[]) => {
      const given = { config, cluster: undefined, declare: undefined, complete: false, namespace: undefined };
      const { values, checks, judge } = plannedVerifier(project, given, host);
      const report = judge(rendered);
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
