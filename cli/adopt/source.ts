import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { AdoptedSource, ReadSource } from '../../adopt/source';
import { StrataError } from '../../model/errors';
import { NEWEST_KUBERNETES } from '../../model/kubernetes-version';
import { entriesBelow } from './files';
import { helmSource, type Installation } from './helm';
import { kustomizeSource } from './kustomize/source';
import { plainSource } from './plain';
import { refuseTwice } from './twice';
import { isTyped } from './typed';

/** Far more than any overlay that people write; of more, each is looked for among all others. */
const MAX_OBJECTS = 5_000;

/** What stands at a path: a chart, a Kustomize tree, or plain YAML. */
export function sourceAt(path: string, platform: string, given: Partial<Installation> = {}): AdoptedSource {
  if (!existsSync(path))
    throw new StrataError(path, 'is not there', ['name a folder of YAML, a Kustomize tree or a chart']);
  const { kubernetes = NEWEST_KUBERNETES } = given;
  const source = read(path, { ...given, kubernetes });
  if (given.values && given.values.length > 0 && !isChart(path))
    throw new StrataError(`--values ${given.values[0]}`, `${path} is no chart, and only charts have values`, [
      'name the folder of a chart, with its Chart.yaml',
      'leave out --values',
    ]);
  for (const { from, objects } of source.overlays)
    if (objects.length > MAX_OBJECTS)
      throw new StrataError(
        path,
        `${from} has ${objects.length} objects: adopt writes code that people read, of ${MAX_OBJECTS} objects at most`,
        ['adopt a part of it at a time', 'take it as it is with FromYaml: see docs/recipes.md'],
      );
  refuseTwice(path, source.overlays);
  return { platform, kubernetes, isTyped, ...source };
}

function read(path: string, installation: Installation): ReadSource {
  if (!statSync(path).isDirectory()) return plainSource(path);
  if (isChart(path)) return helmSource(path, installation);
  const isKustomization = /(^|\/)(kustomization\.ya?ml|Kustomization)$/;
  if ([...entriesBelow(path)].some((entry) => isKustomization.test(entry.path))) return kustomizeSource(path);
  return plainSource(path);
}

function isChart(path: string): boolean {
  return existsSync(join(path, 'Chart.yaml'));
}
