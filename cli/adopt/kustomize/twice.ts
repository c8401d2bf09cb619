import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { readSources } from '../../../manifests/reading/read';
import { StrataError } from '../../../model/errors';
import { twice } from '../twice';
import { type Kustomization, textsIn } from './tree';

interface Named {
  readonly kind: string;
  readonly name: string;
}

/** What Kustomize complains of where two resources are one: `Service.v1.[noGrp]/web.[noNs]`, or both as JSON. */
const REGISTERED = /already registered id: ([A-Z]\w*)\.[^/\s]*\/(\S+?)\.\[?[^.\s]*\]?'?/;
const CONFLICT = /ID conflict: \[/;
const EACH = /"kind":"(\w+)".*?\/previousNames":"([^",]+)/g;

/** Why a kustomization does not build, where the reason is one object from two files: with both of them. */
export function twiceIn(root: string, layer: Kustomization, shown: string, said: string): StrataError | undefined {
  const [, kind, name] = REGISTERED.exec(said) ?? [];
  const [, ofKind, named] = (CONFLICT.test(said) ? said.matchAll(EACH).next().value : undefined) ?? [];
  const object = kind && name ? { kind, name } : ofKind && named ? { kind: ofKind, name: named } : undefined;
  if (!object) return undefined;
  const [first, ...others] = [...placesOf(root, layer, object)];
  if (!first) return undefined;
  const called = `${object.kind}/${object.name}`;
  const second = others.find(({ file }) => file !== first.file) ?? others[0];
  if (!second || second.file !== first.file) return twice(shown, called, [first.file, (second ?? first).file]);
  const i = first.by.findIndex((file, at) => file !== second.by[at]);
  if (i < 0) return twice(shown, called, [first.file, first.file]);
  const [one, other] = [first.by[i]!, second.by[i]!];
  return new StrataError(shown, `${called} of ${first.file} comes in twice: by ${one} and by ${other}`, [
    `remove one of the two from the resources of ${first.by[i - 1] ?? layer.file}`,
  ]);
}

/** Every file below a kustomization that holds an object, and the kustomizations on the way to it. */
function* placesOf(
  root: string,
  layer: Kustomization,
  object: Named,
  above: readonly string[] = [],
): Generator<{ readonly file: string; readonly by: readonly string[] }> {
  const by = [...above, layer.file];
  for (const entry of textsIn(layer.says['resources'])) {
    const file = posix.join(layer.folder, entry);
    const path = join(root, file);
    if (!existsSync(path) || statSync(path).isDirectory()) continue;
    const { resources } = readSources([{ file, text: readFileSync(path, 'utf8') }]);
    for (const { kind, name } of resources) if (kind === object.kind && name === object.name) yield { file, by };
  }
  for (const base of [...layer.bases, ...layer.components]) yield* placesOf(root, base, object, by);
}
