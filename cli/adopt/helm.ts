import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { AdoptedSource, BuiltObject, Overlay } from '../../adopt/source';
import { label } from '../../adopt/words';
import { systemAccess } from '../../manifests/reading/inputs';
import { StrataError } from '../../model/errors';
import { differenceText, objectDifferences } from '../../model/object-differences';
import { objectsIn } from './objects';

const VALUES = /^(?:values[-_.](.+)|(.+)[-_.]values)\.ya?ml$/;

/** A chart: each further file of values (`values-prod.yaml`, `prod.values.yaml`) is an environment, else the chart as it is. */
export function helmSource(path: string): Omit<AdoptedSource, 'isTyped' | 'platform'> {
  const chart = label(basename(path), 'chart');
  const files = readdirSync(path)
    .filter((file) => VALUES.test(file))
    .sort();
  const overlays = files.map((file): Overlay => {
    const [, after, before] = VALUES.exec(file)!;
    return overlayOf(label((after ?? before)!, 'default', 40), file, stable(path, chart, file));
  });
  const standard = () => rendered(path, chart, undefined);
  if (overlays.length === 0)
    return {
      kind: `the chart ${chart}`,
      components: [],
      overlays: [overlayOf('default', 'values.yaml', stable(path, chart, undefined))],
    };
  return { kind: `the chart ${chart}`, components: [], overlays, ...referenceOf(standard) };
}

/** What the chart renders with its own values, where they are enough. */
function referenceOf(read: () => BuiltObject[]): Pick<AdoptedSource, 'reference'> {
  try {
    return { reference: read() };
  } catch (error) {
    if (error instanceof StrataError) return {};
    throw error;
  }
}

function overlayOf(name: string, from: string, objects: readonly BuiltObject[]): Overlay {
  return { name, from, objects, prefix: '', suffix: '', reasonFor: () => from };
}

/** The objects, if they are the same each time. */
function stable(path: string, chart: string, values: string | undefined): BuiltObject[] {
  const [first, second] = [rendered(path, chart, values), rendered(path, chart, values)];
  const [difference] = objectDifferences(
    ...([first, second].map((all) => all.map(({ object }) => object)) as [
      BuiltObject['object'][],
      BuiltObject['object'][],
    ]),
  );
  if (difference)
    throw new StrataError(
      path,
      `the chart renders something else each time (${differenceText(difference)}), so that nothing can be compared`,
      ['give the value that it makes up: most charts take it from their values'],
    );
  return first;
}

function rendered(path: string, chart: string, values: string | undefined): BuiltObject[] {
  const given = values === undefined ? [] : ['--values', join(path, values)];
  const ran = systemAccess.run('helm', ['template', chart, path, '--include-crds', ...given]);
  if (ran === 'not installed')
    throw new StrataError('strata adopt', 'this is a Helm chart, and helm is not installed', [
      'install helm: https://helm.sh/docs/intro/install',
    ]);
  if ('failed' in ran)
    throw new StrataError(path, `helm cannot render it: ${ran.failed}`, [
      `mend what it names: helm template ${chart} ${path}`,
    ]);
  return ran.output
    .toString()
    .split(/^---$/m)
    .flatMap((text) => {
      const from = /^# Source: [^/]+\/(.+)$/m.exec(text)?.[1] ?? 'templates';
      return objectsIn({ file: from, text }).map((object) => ({
        object,
        name: object.metadata.name,
        hashed: false,
        from,
      }));
    });
}
