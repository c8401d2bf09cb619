import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Overlay, ReadSource } from '../../adopt/source';
import { decode } from '../../manifests/reading/file';
import { StrataError } from '../../model/errors';
import { entriesBelow } from './files';
import { objectsAndOthers } from './objects';

/** Folders of these names are environments, where a folder holds nothing else. */
const ENVIRONMENTS =
  /^(dev|develop|development|test|testing|qa|int|integration|preview|sandbox|stage|staging|uat|preprod|prod|production|live)$/;

/** A folder of plain YAML is one environment; one that holds only folders called so is these environments. */
export function plainSource(path: string): ReadSource {
  const leftOut: string[] = [];
  const overlays = statSync(path).isDirectory()
    ? environmentsIn(path, leftOut)
    : [overlayOf('default', basename(path), path, [''], leftOut)];
  const read = overlays.filter(({ objects }) => objects.length > 0);
  if (read.length === 0)
    throw new StrataError(path, 'there are no Kubernetes objects in it', [
      'name a folder of YAML, a Kustomize tree or a chart',
    ]);
  return { kind: 'plain YAML', components: [], overlays: read, leftOut };
}

function environmentsIn(root: string, leftOut: string[]): Overlay[] {
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
        leftOut,
      ),
    );
  return [overlayOf('default', basename(root), root, files, leftOut)];
}

/** `leftOut` gets the files that hold something else, or more than objects. */
function overlayOf(name: string, from: string, root: string, files: readonly string[], leftOut: string[]): Overlay {
  const objects = files.flatMap((file) => {
    const path = file === '' ? root : join(root, file);
    const source = decode(path, readFileSync(path));
    if ('reason' in source) throw new StrataError(`${path}:${source.line}`, source.reason, ['save the file as UTF-8']);
    const read = objectsAndOthers(source);
    const shown = file === '' ? basename(root) : file;
    if (read.others) leftOut.push(read.objects.length > 0 ? `a part of ${shown} (line ${read.others.line})` : shown);
    return read.objects.map((object) => ({ object, name: object.metadata.name, hashed: false, from: shown }));
  });
  return { name, from, objects, prefix: '', suffix: '', reasonFor: (built) => built.from };
}
