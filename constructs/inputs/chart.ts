import { hash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StrataError } from '../../model/errors';
import type { Files } from './archive';
import { filesInArchive } from './archive';
import { checkLocked } from './charts-lock';
import { existingPath, isFolder, LARGEST, nameIn, told } from './files';
import { isFields } from './given';
import { documentsIn } from './yaml';

/** A chart that stands in the repository. */
export interface HelmChart {
  /** Relative to the project's root. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** Relative to the chart's folder; the charts in it unpacked. */
  readonly files: Files;
}

/** A chart's folder or archive; one of `charts.lock.yaml` must be what was fetched. */
export function readChart(root: string, place: string, path: string, version?: string): HelmChart {
  if (/^(?:oci|https?|file):/.test(path))
    throw new StrataError(place, `the chart ${path} is elsewhere, and a render reads nothing from the network`, [
      `fetch it once: npx strata vendor ${path.startsWith('oci:') ? `${path} --version …` : `NAME --repo ${path} --version …`}; then name its file in charts/`,
    ]);
  const full = existingPath(root, place, path);
  const name = nameIn(root, full);
  const files = isFolder(full) ? filesInFolder(root, full) : filesOfArchive(root, name, full);
  const about = aboutChart(name, files);
  if (version !== undefined && version !== about.version)
    throw new StrataError(place, `wants version ${version} of chart ${about.name}, and ${name} is ${about.version}`, [
      `write version: '${about.version}'`,
      `fetch the other: npx strata vendor`,
    ]);
  return { path: name, ...about, files: unpacked(name, files) };
}

function filesOfArchive(root: string, name: string, full: string): Files {
  const archive = readFileSync(full);
  checkLocked(root, name, `sha256:${hash('sha256', archive)}`);
  const files = filesInArchive(name, archive);
  // All stand in one folder, which is called like the chart.
  return new Map([...files].map(([path, content]) => [path.replace(/^(?:\.\/)?[^/]+\//, ''), content]));
}

function filesInFolder(root: string, folder: string): Files {
  const files = new Map<string, Buffer>();
  let size = 0;
  const walk = (at: string, prefix: string, inside: readonly string[]) => {
    const real = realpathSync(at);
    if (inside.includes(real))
      throw new StrataError(nameIn(root, at), 'is a symbolic link that leads back to itself', ['remove the link']);
    told(at);
    for (const name of readdirSync(at).sort()) {
      if (name === '.git') continue;
      const path = join(at, name);
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat?.isDirectory()) walk(path, `${prefix}${name}/`, [...inside, real]);
      else if (stat) {
        if ((size += stat.size) > LARGEST)
          throw new StrataError(nameIn(root, folder), `holds more than ${LARGEST / 2 ** 20} MiB`, [
            'name the folder of one chart',
          ]);
        files.set(`${prefix}${name}`, readFileSync(path));
      }
    }
  };
  walk(folder, '', []);
  return files;
}

function aboutChart(name: string, files: Files): { readonly name: string; readonly version: string } {
  const file = files.get('Chart.yaml');
  if (!file)
    throw new StrataError(name, 'is no chart: it has no Chart.yaml', [
      'name the folder or the archive of a chart',
      'use new FromYaml(…) for manifests',
    ]);
  const [document] = documentsIn(`${name}, Chart.yaml`, file.toString('utf8'), { lastWins: true });
  const value = isFields(document?.value) ? document.value : {};
  for (const field of ['name', 'version'])
    if (typeof value[field] !== 'string')
      throw new StrataError(
        `${name}, Chart.yaml`,
        `${field} is ${JSON.stringify(value[field])}, and must be a string`,
        [`give the chart its ${field}`],
      );
  return { name: value['name'] as string, version: value['version'] as string };
}

/** With the archives in `charts/` as folders, which is the same chart to Helm. */
function unpacked(name: string, files: Files): Files {
  return new Map(
    [...files].flatMap(([path, content]) => {
      const [, folder] = /^((?:.*\/)?charts\/)[^/]+\.tgz$/.exec(path) ?? [];
      if (folder === undefined) return [[path, content] as const];
      return [...unpacked(`${name}, ${path}`, filesInArchive(`${name}, ${path}`, content))].map(
        ([inner, each]) => [folder + inner, each] as const,
      );
    }),
  );
}
