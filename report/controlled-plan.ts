import type { ReportedFinding } from '../checks/finding';
import type { ControlledStage, Until } from '../model/controlled-stages';
import type { ControlledRelease } from '../model/release';
import { numbered } from './runbook';
import { count, paragraph } from './show';

/** A release that a controller carries out: a commit, and what follows from it. */
export interface ControlledPlan {
  readonly target: string;
  readonly service: string;
  readonly namespace: string;
  /** The Rollout's name. */
  readonly name: string;
  /** What runs, until the commit changes it. */
  readonly image: string;
  readonly release: ControlledRelease;
  /** Pods that are asked for, or the fewest that an autoscaler keeps. */
  readonly replicas: number;
  readonly isScaled: boolean;
  readonly stages: readonly ControlledStage[];
  /** Where the image is set. */
  readonly from: string;
  /** What would break in the target as it is. */
  readonly problems: readonly ReportedFinding[];
}

export const controlledPlanFormats = {
  markdown: (plan: ControlledPlan): string => markdown(plan).join('\n'),
  json: (plan: ControlledPlan): string => JSON.stringify(plan, null, 2),
};

/** The most pods of both versions at a time. With one that comes before another goes, where shares are pods. */
export function mostPods({ stages, replicas }: Pick<ControlledPlan, 'stages' | 'replicas'>): number {
  return Math.max(replicas + 1, ...stages.map(({ next, old }) => next + old));
}

function markdown(plan: ControlledPlan): string[] {
  const { target, service, release, replicas, isScaled, stages, problems, from, image } = plan;
  const rollout = `${plan.name} -n ${plan.namespace}`;
  const first = {
    does: `Set \`${service}.image\` (${from}; \`${image}\` runs), commit, and publish.`,
    notes: [`See what follows: \`kubectl argo rollouts get rollout ${rollout} --watch\``],
  };
  const steps = stages.map((stage) => ({
    does: titleOf(stage),
    notes: stage.until.map((until) => untilText(until, rollout, stage)),
  }));
  return [
    `# Release of ${service} in ${target}`,
    '',
    `${release.way} by Argo Rollouts: one commit, which changes the image; its controller does the rest. The numbers are those of ${count(replicas, 'pod')}${isScaled ? ', the fewest that the autoscaler keeps' : ''}; there are at most ${mostPods(plan)} at a time.`,
    '',
    ...problems.flatMap((finding) => [`**Would break:** ${paragraph(finding)}`, '']),
    ...numbered([first, ...steps]),
    '',
    `- Stop and go back, at any time before the last: \`kubectl argo rollouts abort ${rollout}\`; then revert the commit. In this order under Argo CD: its sync lasts as long as the release, and takes no other commit before it has ended or failed.`,
    `- Pods that do not start end the release by themselves after ten minutes.`,
    '',
  ];
}

function titleOf({ does, share, next, old }: ControlledStage): string {
  const pods = (of: number) => count(of, 'pod');
  switch (does) {
    case 'start':
      return next === 0
        ? 'No pod of the next version has started.'
        : `The next version starts with ${pods(next)} beside ${old}, and gets no request.`;
    case 'share':
      return `${share} % of the requests go to the next version: ${pods(next)} beside ${old}.`;
    case 'switch':
      return `All new connections go to the next version, with ${pods(next)}; the ${old === 1 ? 'pod' : `${old} pods`} of the version before stay.`;
    case 'end':
      return `The next version is alone, with ${pods(next)}.`;
  }
}

function untilText(until: Until, rollout: string, { does }: ControlledStage): string {
  switch (until.by) {
    case 'time':
      return does === 'switch'
        ? `They stay for ${until.time}, and with them connections that are open.`
        : `It waits for ${until.time}.`;
    case 'measure':
      return `It is measured for ${until.time}, every ${until.every}: above ${until.failing} % of failing requests it goes back by itself; without requests it waits, for \`kubectl argo rollouts promote ${rollout}\` or abort.`;
    case 'hand':
      return `It waits until somebody says so: \`kubectl argo rollouts promote ${rollout}\``;
  }
}
