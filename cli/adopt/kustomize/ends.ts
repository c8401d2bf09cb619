import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { isMap } from '../../../model/is-map';
import { type Kustomization, textsIn, yamlIn } from './tree';

/** What a kustomization puts before or after all names, and what says so: a field of its file, or a transformer. */
export interface NameEnd {
  readonly text: string;
  readonly reason: string;
}

/** The prefixes or suffixes of one kustomization, the outermost first. */
export function endsOf(root: string, layer: Kustomization, end: 'prefix' | 'suffix'): NameEnd[] {
  const field = end === 'prefix' ? 'namePrefix' : 'nameSuffix';
  const own = layer.says[field];
  const said = typeof own === 'string' && own !== '' ? [{ text: own, reason: `${layer.file}: ${field}` }] : [];
  const transformed = textsIn(layer.says['transformers']).flatMap((entry) => {
    const isInline = entry.includes('\n') || entry.trimStart().startsWith('{');
    const file = isInline ? layer.file : posix.join(layer.folder, entry);
    const path = join(root, file);
    if (!isInline && (!existsSync(path) || !/\.ya?ml$/.test(file))) return [];
    const config = yamlIn(file, isInline ? entry : readFileSync(path, 'utf8'));
    if (!isMap(config) || !/^(Prefix|Suffix|PrefixSuffix)Transformer$/.test(String(config['kind']))) return [];
    const text = config[end];
    return typeof text === 'string' && text !== ''
      ? [{ text, reason: `${file}: ${isInline ? 'transformers' : end}` }]
      : [];
  });
  // Transformers run in their order, after the field.
  return [...transformed.reverse(), ...said];
}
