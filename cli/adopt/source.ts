import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { AdoptedSource } from '../../adopt/source';
import { StrataError } from '../../model/errors';
import { entriesBelow } from './files';
import { helmSource, type Installation } from './helm';
import { kustomizeSource } from './kustomize/source';
import { plainSource } from './plain';
import { isTyped } from './typed';

/** What stands at a path: a chart, a Kustomize tree, or plain YAML. */
export function sourceAt(path: string, platform: string, release: Installation = {}): AdoptedSource {
  if (!existsSync(path))
    throw new StrataError(path, 'is not there', ['name a folder of YAML, a Kustomize tree or a chart']);
  return { platform, isTyped, ...read(path, release) };
}

function read(path: string, release: Installation): Omit<AdoptedSource, 'isTyped' | 'platform'> {
  if (!statSync(path).isDirectory()) return plainSource(path);
  if (existsSync(join(path, 'Chart.yaml'))) return helmSource(path, release);
  const isKustomization = /(^|\/)(kustomization\.ya?ml|Kustomization)$/;
  if ([...entriesBelow(path)].some((entry) => isKustomization.test(entry.path))) return kustomizeSource(path);
  return plainSource(path);
}
