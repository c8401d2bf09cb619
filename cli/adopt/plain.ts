import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { AdoptedSource, Overlay } from '../../adopt/source';
import { decode } from '../../manifests/reading/file';
import { StrataError } from '../../model/errors';
import { entriesBelow } from './files';
import { objectsIn } from './objects';

/** Folders of these names are environments, where a folder holds nothing else. */
const ENVIRONMENTS =
  /^(dev|develop|development|test|testing|qa|int|integration|preview|sandbox|stage|staging|uat|preprod|prod|production|live)$/;

/** A folder of plain YAML is one environment; one that holds only folders called so is these environments. */
export function plainSource(path: string): Omit<AdoptedSource, 'isTyped' | 'platform'> {
  const overlays = statSync(path).isDirectory()
    ? environmentsIn(path)
    : [overlayOf('default', basename(path), path, [''])];
  const read = overlays.filter(({ objects }) => objects.length > 0);
  if (read.length === 0)
    throw new StrataError(path, 'there are no Kubernetes objects in it', [
      'name a folder of YAML, a Kustomize tree or a chart',
    ]);
  return { kind: 'plain YAML', components: [], overlays: read };
}

function environmentsIn(root: string): Overlay[] {
  const files = [...entriesBelow(root)]
    .filter(({ path, isFolder }) => !isFolder && /\.(ya?ml|json)$/.test(path))
    .map(({ path }) => path);
  const folders = [...new Set(files.map((file) => file.split('/')[0]!))];
  if (
    folders.length > 1 &&
    files.every((file) => file.includes('/')) &&
    folders.every((folder) => ENVIRONMENTS.test(folder))
  )
    return folders.map((folder) =>
      overlayOf(
        folder,
        folder,
        root,
        files.filter((file) => file.startsWith(`${folder}/`)),
      ),
    );
  return [overlayOf('default', basename(root), root, files)];
}

function overlayOf(name: string, from: string, root: string, files: readonly string[]): Overlay {
  const objects = files.flatMap((file) => {
    const path = file === '' ? root : join(root, file);
    const source = decode(path, readFileSync(path));
    if ('reason' in source) throw new StrataError(`${path}:${source.line}`, source.reason, ['save the file as UTF-8']);
    return objectsIn(source, 'left out').map((object) => ({
      ...{ object, name: object.metadata.name, hashed: false },
      from: file === '' ? from : file,
    }));
  });
  return { name, from, objects, prefix: '', suffix: '', reasonFor: (built) => built.from };
}
