import { record } from '../manifests/resource';
import type { World } from './world';

/** A part of a value that a tool replaces before the manifest is applied. */
export interface Placeholder {
  /** `${TAG}` */
  readonly text: string;
  /** The tool that is known to do so here; undefined where nothing shows that one does. */
  readonly replacedBy: string | undefined;
}

const PLACEHOLDERS =
  /\$\{[^}]*\}|\$\([^)]*\)|\{\{.*?\}\}|<[^<>]+>|%%?\w+%%?|__\w+__|@@?\w+@@?(?=$|[:/])|\$[A-Za-z_]\w*/;

/** The first placeholder in a value: `${TAG}`, `{{ .Values.tag }}`, `<image>`, `ko://…`. */
export function placeholderIn(world: World, value: string): Placeholder | undefined {
  if (/^ko:\/\//.test(value)) return { text: value, replacedBy: 'ko' };
  const [text] = PLACEHOLDERS.exec(value) ?? [];
  if (text === undefined) return undefined;
  return { text, replacedBy: text.startsWith('${') && fluxSubstitutes(world) ? 'Flux (postBuild)' : undefined };
}

/** Whether a Kustomization of Flux replaces variables, perhaps in these manifests. */
function fluxSubstitutes(world: World): boolean {
  return [...world.of('Kustomization'), ...world.external].some(
    (resource) =>
      resource.kind === 'Kustomization' &&
      resource.group === 'kustomize.toolkit.fluxcd.io' &&
      record(resource.at(['spec', 'postBuild'])) !== undefined,
  );
}
