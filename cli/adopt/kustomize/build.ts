import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { StrataError } from '../../../model/errors';
import type { KubernetesObject } from '../../../model/kubernetes';
import { objectsIn } from '../objects';
import { printed } from '../programs';

const ORIGIN = 'config.kubernetes.io/origin';

/** What `kustomize build` makes of a folder, or `kubectl kustomize`; `why` knows some of its complaints better. */
export function built(
  folder: string,
  shown: string,
  why: (said: string) => StrataError | undefined = () => undefined,
  /** Where a person can build it. */
  place = shown,
): KubernetesObject[] {
  const ran = runEither(folder, []);
  if ('failed' in ran)
    throw (
      why(ran.said ?? '') ??
      new StrataError(shown, `kustomize cannot build it: ${ran.failed}`, [
        `mend what it names: kustomize build ${place}`,
      ])
    );
  return objectsIn({ file: `kustomize build ${shown}`, text: ran.output });
}

/**
 * The file that each object comes from, in the order of the build, relative to `root`; empty where Kustomize does not say. It is asked
 * by a kustomization of our own beside the source, which is not touched.
 */
export function fileOrigins(folder: string, root: string, count: number): (string | undefined)[] {
  const beside = realpathSync(mkdtempSync(join(tmpdir(), 'strata-adopt-')));
  try {
    const resource = relative(beside, realpathSync(folder));
    writeFileSync(
      join(beside, 'kustomization.yaml'),
      JSON.stringify({ resources: [resource], buildMetadata: ['originAnnotations'] }),
    );
    const ran = runEither(beside, ['--load-restrictor', 'LoadRestrictionsNone']);
    if ('failed' in ran) return [];
    const objects = objectsIn({ file: folder, text: ran.output });
    if (objects.length !== count) return [];
    return objects.map(({ metadata }) => originIn(metadata.annotations?.[ORIGIN], beside, realpathSync(root)));
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

/** Of `path: ../base/web.yaml`, or of the generator that is `configuredIn: ../base/kustomization.yaml`. */
function originIn(origin: string | undefined, beside: string, root: string): string | undefined {
  const path = /^(?:path|configuredIn): (.+)$/m.exec(origin ?? '')?.[1];
  return path === undefined ? undefined : relative(root, join(beside, path)).replaceAll('\\', '/');
}

function runEither(folder: string, options: readonly string[]) {
  for (const [program, command] of [
    ['kustomize', 'build'],
    ['kubectl', 'kustomize'],
  ] as const) {
    const ran = printed(program, [command, folder, ...options]);
    if (ran !== 'not installed') return ran;
  }
  throw new StrataError('strata adopt', 'this is a Kustomize tree, and neither kustomize nor kubectl is installed', [
    'install kustomize: https://kubectl.docs.kubernetes.io/installation/kustomize',
  ]);
}
