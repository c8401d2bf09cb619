import type { ReportedFinding } from '../checks/finding';
import type { Fleet } from '../diff/fleet/fleet';
import type { Resource } from '../manifests/resource';
import { list, number, record, string, strings } from '../manifests/resource';
import type { ReleaseForm } from '../model/release';
import type { ReleaseStage } from '../model/release-stages';
import type { World } from '../world/world';
import { foldedLines } from './diff/lines';
import { wayBack } from './diff/rollout';
import { effectTexts, objectsText } from './diff/words';
import { releaseScript } from './release-script';
import { numbered } from './runbook';
import { count, paragraph } from './show';

/** A state of the release: what becomes different, and what is found wrong with it. */
export interface PlannedStage extends ReleaseStage {
  /** Against the stage before. */
  readonly fleet: Fleet;
  readonly world: World;
  /** Whether the sources say just this. */
  readonly isNow: boolean;
  /** What would break in it. */
  readonly problems: readonly ReportedFinding[];
  /** What is advised of it and was not of the stage before. */
  readonly advice: readonly ReportedFinding[];
}

export interface ReleasePlan {
  readonly target: string;
  readonly service: string;
  /** The image of the service itself. */
  readonly image: string;
  readonly release: ReleaseForm;
  readonly stages: readonly PlannedStage[];
  /** Where the release is set. */
  readonly from: string;
}

export const releasePlanFormats = {
  markdown: (plan: ReleasePlan): string =>
    [...head(plan), ...plan.stages.flatMap((stage, i) => section(stage, i))].join('\n'),
  json: (plan: ReleasePlan): string => JSON.stringify(planJson(plan), null, 2),
  sh: (plan: ReleasePlan): string => releaseScript(plan),
};

export type ReleasePlanFormat = keyof typeof releasePlanFormats;

export function isReady({ stages }: ReleasePlan): boolean {
  return stages.every(({ problems }) => problems.length === 0);
}

function head(plan: ReleasePlan): string[] {
  const next = nextOf(plan.release);
  const broken = plan.stages.flatMap(({ problems }, i) => (problems.length > 0 ? [i + 1] : []));
  return [
    `# Release of ${plan.service} in ${plan.target}`,
    '',
    `${plan.release.way}: from ${code(plan.image)} to ${code(next ?? plan.image)}. Each stage is a commit that sets ${plan.from}; the next only when what stands below it is so.`,
    ...(broken.length > 0
      ? [
          '',
          `**Not as things are: ${broken.length === 1 ? `stage ${broken[0]} would` : `stages ${broken.join(', ')} would`} break.** What to mend stands below.`,
        ]
      : []),
    '',
  ];
}

/** The image that comes. */
export function nextOf(release: ReleaseForm): string | undefined {
  if (release.way === 'rolling' || release.way === 'recreate') return undefined;
  if (release.way !== 'blueGreen') return release.next.image;
  return release.live === 'blue' ? release.green.image : release.blue?.image;
}

/** What a stage is called. */
export function titleOf({ does, release }: ReleaseStage): string {
  switch (does) {
    case 'pods':
      return 'The pods of the next version start, and get no request';
    case 'share':
      return release.way === 'canary' && release.at === 100
        ? 'All requests go to the next version'
        : `${release.way === 'canary' ? release.at : 0} % of the requests go to the next version`;
    case 'switch':
      return 'All requests go to the other version';
    case 'match':
      return 'The next version gets the requests of which it is said';
    case 'copies':
      return 'The next version gets copies of requests, and nobody its answers';
    case 'first':
      return 'The pods of the service itself become the next version, and get no request meanwhile';
    case 'back':
      return release.way === 'canary' && (release.at ?? 0) > 0
        ? `The service itself, which is the next version now, has ${100 - release.at!} % of the pods`
        : 'All requests go back to the service itself, which is the next version now';
    case 'end':
      return 'The service is alone again, and is the next version';
  }
}

/** What is set in a stage, as the sources say it. */
export function settingOf({ release, image }: ReleaseStage): string {
  const form =
    release.way === 'rolling'
      ? 'release: rolling()'
      : release.way === 'canary'
        ? `release: canary({ …, at: ${release.at} })`
        : release.way === 'blueGreen'
          ? `release: blueGreen({ …, live: '${release.live}' })`
          : `release: ${release.way}({ … })`;
  return image === undefined ? form : `${form}, image: '${image}'`;
}

function section(stage: PlannedStage, i: number): string[] {
  const { fleet, problems, advice, isNow } = stage;
  const back = wayBack(fleet, 'revert this commit');
  const watched = watchOf(stage);
  return [
    `## ${i + 1}. ${titleOf(stage)}${isNow ? ' (the sources say this)' : ''}`,
    '',
    ...problems.flatMap((finding) => [`**Would break:** ${paragraph(finding)}`, '']),
    ...numbered([
      { does: `Set ${code(settingOf(stage))}, commit, and publish.`, notes: changeNotes(fleet) },
      ...checksOf(stage).map(({ command, expected }) => ({
        does: code(command),
        notes: [expected === undefined ? 'Expect: it ends without an error.' : `Expect: ${code(expected)}`],
      })),
      ...(stage.watch === undefined
        ? []
        : [
            {
              does: `Watch it for ${stage.watch}.`,
              notes: watched
                ? [
                    `${code(watched.query)} stays at or below ${watched.limit}; without an answer nobody asks, and nothing is known.`,
                  ]
                : ['No metric of it says which requests fail: look at its log, and at what people say.'],
            },
          ]),
      ...(stage.hold ? [{ does: 'Go on only when somebody says so.', notes: [] }] : []),
    ]),
    ...(back === undefined
      ? []
      : [
          `- The way back: ${back}${stage.does === 'share' ? '; the pods of the next version stay until no request goes to them' : ''}.`,
        ]),
    ...advice.map((finding) => `- Advice: ${finding.object}: ${finding.message}`),
    '',
  ];
}

const code = (text: string) => `\`${text}\``;

function changeNotes(fleet: Fleet): string[] {
  if (fleet.changes.length === 0) return ['Nothing becomes different in the cluster.'];
  const said = new Set<string>();
  return fleet.changes.map((change) => {
    const fields = change.does === 'changed' ? foldedLines(change.fields) : [];
    const told = [
      ...fields.slice(0, SHOWN).map(({ head: text }) => text.replace(/:$/, '')),
      ...(fields.length > SHOWN ? [`and ${count(fields.length - SHOWN, 'more field')}`] : []),
      ...effectTexts(change, false, said),
    ];
    return [`${change.class}: ${objectsText(change)}`, ...told.map((text) => `     - ${text}`)].join('\n');
  });
}

/** So many fields of a change are told: the diff of the commit has all of them. */
const SHOWN = 3;

/** What is looked at in the cluster before it goes on: rollouts that end, and what routes and Services say. */
export interface StageCheck {
  readonly command: string;
  /** What it prints. @default - it ends without an error */
  readonly expected?: string;
}

export function checksOf({ fleet, world }: PlannedStage): StageCheck[] {
  const changed = fleet.changes.flatMap(({ instances }) => instances.flatMap(({ change }) => change.after ?? []));
  const namespaced = (resource: Resource) => `-n ${world.namespaceOf(resource)}`;
  const rollouts = changed.filter(({ kind }) => ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind));
  const routes = changed.filter(({ kind }) => kind === 'HTTPRoute');
  const services = changed.filter(
    ({ kind, object }) => kind === 'Service' && record(record(object)?.['spec'])?.['selector'],
  );
  return [
    ...rollouts.map((resource) => ({
      command: `kubectl rollout status ${resource.kind.toLowerCase()}/${resource.name} ${namespaced(resource)} --timeout=15m`,
    })),
    ...services.map((resource) => ({
      command: `kubectl get service ${resource.name} ${namespaced(resource)} -o 'jsonpath={.spec.selector}'`,
      expected: JSON.stringify(sorted(strings(resource.at(['spec', 'selector'])))),
    })),
    ...routes.flatMap((resource) => {
      const weights = list(resource.at(['spec', 'rules'])).flatMap((rule) =>
        list(record(rule)?.['backendRefs']).flatMap((backend) => number(record(backend)?.['weight']) ?? []),
      );
      const names = list(resource.at(['spec', 'rules'])).flatMap((rule) =>
        list(record(rule)?.['backendRefs']).flatMap((backend) => string(record(backend)?.['name']) ?? []),
      );
      const field = weights.length > 0 ? 'weight' : 'name';
      const at = `kubectl get httproute ${resource.name} ${namespaced(resource)} -o`;
      return [
        {
          command: `${at} 'jsonpath={.spec.rules[*].backendRefs[*].${field}}'`,
          expected: (weights.length > 0 ? weights : names).join(' '),
        },
        {
          command: `${at} 'jsonpath={.status.parents[*].conditions[?(@.type=="ResolvedRefs")].status}'`,
          expected: 'True',
        },
      ];
    }),
  ];
}

function sorted(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What to watch of the next version, as the annotations of its Deployment say it. */
export function watchOf({ world }: PlannedStage): { readonly query: string; readonly limit: string } | undefined {
  for (const { resource } of world.workloads) {
    const query = resource.annotations['strata/error-ratio'];
    const limit = resource.annotations['strata/error-ratio-limit'];
    if (query !== undefined && limit !== undefined) return { query, limit };
  }
  return undefined;
}

function planJson({ target, service, image, release, stages }: ReleasePlan) {
  return {
    ...{ target, service, image, release },
    stages: stages.map((stage) => ({
      does: stage.does,
      title: titleOf(stage),
      set: settingOf(stage),
      isNow: stage.isNow,
      changes: stage.fleet.changes.map((change) => ({
        class: change.class,
        does: change.does,
        objects: change.objects,
        fields: foldedLines(change.fields).map(({ head: text }) => text),
        effects: effectTexts(change, true),
      })),
      checks: checksOf(stage),
      ...(stage.watch === undefined ? {} : { watch: { for: stage.watch, ...watchOf(stage) } }),
      hold: stage.hold ?? false,
      problems: stage.problems,
      advice: stage.advice,
    })),
  };
}
