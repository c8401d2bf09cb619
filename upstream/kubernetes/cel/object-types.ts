import type { CelType } from './declared-type';

const fields = (names: string, type: CelType) => names.split(' ').map((name) => [name, type] as const);
const map = (...known: (readonly [string, CelType])[]): CelType => ({ map: 'dyn', known: new Map(known) });

const metadata = map(
  ...fields('name generateName namespace uid resourceVersion', 'string'),
  ...fields('labels annotations', { map: 'string' }),
);

/** What is known of every object, pod template and container of Kubernetes, whatever its kind. */
export const OBJECT_TYPES = {
  object: map(...fields('apiVersion kind', 'string'), ['metadata', metadata]),
  pod: map(['metadata', metadata]),
  container: map(
    ...fields('name image imagePullPolicy workingDir', 'string'),
    ...fields('command args', { list: 'string' }),
  ),
} satisfies Readonly<Record<string, CelType>>;
