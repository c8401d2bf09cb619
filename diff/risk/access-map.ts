import type { ObjectChange } from '../object-change';
import type { WorldChange } from './risk';

/** Whether a ConfigMap says who identities of AWS are in the cluster. The API server of EKS reads it, and no pod. */
export function isAccessMap({ before, after }: WorldChange, change: ObjectChange): boolean {
  return [[before, change.before] as const, [after, change.after] as const].some(
    ([world, resource]) =>
      resource?.kind === 'ConfigMap' && resource.name === 'aws-auth' && world.namespaceOf(resource) === 'kube-system',
  );
}
