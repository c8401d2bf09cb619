import type { Fleet } from '../diff/fleet/fleet';
import { foldedLines } from './diff/lines';
import { wayBack } from './diff/rollout';
import { effectTexts, objectsText } from './diff/words';
import { releaseScript } from './release-script';
import type { PlannedStage, ReleasePlan } from './release-words';
import { liveOf, nextOf, settingOf, titleOf } from './release-words';
import { numbered } from './runbook';
import { count, paragraph } from './show';

export const releasePlanFormats = {
  markdown: (plan: ReleasePlan): string =>
    [...head(plan), ...plan.stages.flatMap((stage, i) => section(stage, i, plan))].join('\n'),
  json: (plan: ReleasePlan): string => JSON.stringify(planJson(plan), null, 2),
  sh: (plan: ReleasePlan): string => releaseScript(plan),
};

export type ReleasePlanFormat = keyof typeof releasePlanFormats;

function head(plan: ReleasePlan): string[] {
  const { release, image, service, stages } = plan;
  const [live, next] = [liveOf(release, image), nextOf(release) ?? image];
  const way = plan.isAtEnd
    ? `${release.way} to ${code(next)}, at its end: ${service} is set to that image itself. ${count(stages.length - 1, 'commit')} ${stages.length === 2 ? 'remains' : 'remain'} after stage 1.`
    : `${release.way}: from ${code(live)} to ${code(next)}.`;
  const broken = plan.stages.flatMap(({ problems }, i) => (problems.length > 0 ? [i + 1] : []));
  return [
    `# Release of ${plan.service} in ${plan.target}`,
    '',
    `${way} Each stage is a commit that sets ${plan.from}; the next only when what stands below it is so.`,
    ...(broken.length > 0
      ? [
          '',
          `**Not as things are: ${broken.length === 1 ? `stage ${broken[0]} would` : `stages ${broken.join(', ')} would`} break.** What to mend stands below.`,
        ]
      : []),
    '',
  ];
}

function section(stage: PlannedStage, i: number, plan: ReleasePlan): string[] {
  const { fleet, problems, advice, isFromUnknown } = stage;
  const back = wayBack(fleet, 'revert this commit');
  const { watched } = stage;
  return [
    `## ${i + 1}. ${titleOf(stage)}${nowText(i, plan)}`,
    '',
    ...problems.flatMap((finding) => [`**Would break:** ${paragraph(finding)}`, '']),
    ...numbered([
      {
        does: `Set ${code(settingOf(stage))}, commit, and publish.`,
        notes: isFromUnknown ? [UNKNOWN] : changeNotes(fleet),
      },
      ...stage.checks.map(({ command, expected, meanwhile }) => ({
        does: code(command),
        notes: [
          ...(meanwhile === undefined ? [] : [`Meanwhile ${meanwhile}.`]),
          expected === undefined ? 'Expect: it ends without an error.' : `Expect: ${code(expected)}`,
        ],
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

/** What is said of a stage that the settings say, and where another one is alike. */
function nowText(i: number, { stages }: ReleasePlan): string {
  if (!stages[i]?.isNow) return '';
  const alike = stages.flatMap(({ isNow }, at) => (isNow && at !== i ? [String(at + 1)] : []));
  return ` (the sources say this${alike.length > 0 ? `; stage ${alike.join(', ')} is alike` : ''})`;
}

const UNKNOWN =
  'What becomes different depends on what ran before, which the settings say no more: what stands below holds in any case.';

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

function planJson({ target, service, image, release, isAtEnd, stages }: ReleasePlan) {
  return {
    ...{ target, service, image, release, isAtEnd },
    ...{ from: liveOf(release, image), to: nextOf(release) ?? image },
    stages: stages.map((stage) => ({
      does: stage.does,
      title: titleOf(stage),
      set: settingOf(stage),
      isNow: stage.isNow,
      isFromUnknown: stage.isFromUnknown,
      changes: stage.fleet.changes.map((change) => ({
        class: change.class,
        does: change.does,
        objects: change.objects,
        fields: foldedLines(change.fields).map(({ head: text }) => text),
        effects: effectTexts(change, true),
      })),
      checks: stage.checks,
      ...(stage.watch === undefined ? {} : { watch: { for: stage.watch, ...stage.watched } }),
      hold: stage.hold ?? false,
      problems: stage.problems,
      advice: stage.advice,
    })),
  };
}
