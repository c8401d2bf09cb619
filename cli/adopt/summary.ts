import type { AdoptedPlan, PlannedPart } from '../../adopt/planned';
import { layersOf } from '../../adopt/shared-layers';

/** What becomes of what, for a person who has not decided yet. */
export function summaryOf(plan: AdoptedPlan): string[] {
  const { kind, environments, parts, features, clusters, leftOut } = plan;
  return [
    `${kind}: ${environments.map(({ name, from }) => (name === from ? name : `${name} (${from})`)).join(', ')}`,
    ...parts.map((part) => `  ${part.folder}/${part.name}.ts: ${contentOf(part)}`),
    ...features.map((part) => `  ${part.folder}/${part.name}.ts, in ${part.overlays.join(', ')}: ${contentOf(part)}`),
    ...layersOf(plan).map(
      ({ name, environments: made, settings, patches }) =>
        `  environments/${name}.ts, of ${made.join(', ')}: ${counted(settings.length, 'setting')}, ${counted(patches.length, 'patch')}`,
    ),
    ...environments.map(
      ({ name, settings, patches }) =>
        `  environments/${name}.ts: ${counted(settings.length, 'setting')}, ${counted(patches.length, 'patch')}`,
    ),
    ...(leftOut.length > 0 ? [`  left out, because they are no manifests: ${shortened(leftOut)}`] : []),
    ...apart(plan),
    ...(clusters.length > 1 ? ['  a cluster for each environment, because they have objects of the same names'] : []),
  ];
}

/** Overlays of one name that have nothing to do with each other: people mean one environment, and each app has an overlay for it. */
function apart({ kind, parts, environments }: AdoptedPlan): string[] {
  if (kind !== 'Kustomize' || parts.length > 0) return [];
  const named = new Map<string, string[]>();
  for (const { from } of environments) {
    const name = from.slice(from.lastIndexOf('/') + 1);
    named.set(name, [...(named.get(name) ?? []), from]);
  }
  const [first] = [...named].filter(([, folders]) => folders.length > 1);
  if (!first) return [];
  const [name, folders] = first;
  return [
    `  overlays of one name stand apart, such as ${shortened(folders)}: a kustomization with them as resources would be one environment ${name}`,
  ];
}

function contentOf({ objects, settings, patches }: PlannedPart): string {
  const names = objects.map(({ kind, name }) => `${kind}/${name}`);
  const more = [
    ...(settings.length > 0 ? [counted(settings.length, 'setting')] : []),
    ...(patches.length > 0
      ? [
          `${counted(patches.length, 'patch')} of ${shortened([...new Set(patches.flatMap(({ object, others = [] }) => [object, ...others]))])}`,
        ]
      : []),
  ];
  return [...(names.length > 0 ? [shortened(names)] : []), ...more].join('; ');
}

function shortened(names: readonly string[]): string {
  const more = names.length > 6 ? `, and ${names.length - 6} more` : '';
  return `${names.slice(0, 6).join(', ')}${more}`;
}

/** `1 patch`, `2 patches`, `no patches`. */
export function counted(count: number, word: string): string {
  const several = word.endsWith('ch') ? `${word}es` : `${word}s`;
  return count === 1 ? `1 ${word}` : `${count === 0 ? 'no' : count} ${several}`;
}
