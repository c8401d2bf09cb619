import type { Fleet } from '../diff/fleet/fleet';
import { foldedLines } from './diff/lines';
import { wayBack } from './diff/rollout';
import { effectTexts, objectsText } from './diff/words';
import { releaseScript } from './release-script';
import type { PlannedStage, ReleasePlan } from './release-words';
import { nextOf, settingOf, titleOf } from './release-words';
import { numbered } from './runbook';
import { count, paragraph } from './show';

export const releasePlanFormats = {
  markdown: (plan: ReleasePlan): string =>
    [...head(plan), ...plan.stages.flatMap((stage, i) => section(stage, i))].join('\n'),
  json: (plan: ReleasePlan): string => JSON.stringify(planJson(plan), null, 2),
  sh: (plan: ReleasePlan): string => releaseScript(plan),
};

export type ReleasePlanFormat = keyof typeof releasePlanFormats;

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

function section(stage: PlannedStage, i: number): string[] {
  const { fleet, problems, advice, isNow } = stage;
  const back = wayBack(fleet, 'revert this commit');
  const { watched } = stage;
  return [
    `## ${i + 1}. ${titleOf(stage)}${isNow ? ' (the sources say this)' : ''}`,
    '',
    ...problems.flatMap((finding) => [`**Would break:** ${paragraph(finding)}`, '']),
    ...numbered([
      { does: `Set ${code(settingOf(stage))}, commit, and publish.`, notes: changeNotes(fleet) },
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
      checks: stage.checks,
      ...(stage.watch === undefined ? {} : { watch: { for: stage.watch, ...stage.watched } }),
      hold: stage.hold ?? false,
      problems: stage.problems,
      advice: stage.advice,
    })),
  };
}
