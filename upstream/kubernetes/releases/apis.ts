import { kubernetesData } from '../data';
import { own } from '../model';

/** An API that one minor version serves and a later one does not. */
export interface RemovedApi {
  /** The first minor version without it. */
  readonly removed: number;
  /** `networking.k8s.io/v1 Ingress` */
  readonly replacement: string | undefined;
}

/** Whether the API server stops to serve an API on the way from one minor version to another; undefined: it does not. */
export function apiRemovedBetween(apiVersion: string, kind: string, from: number, to: number): RemovedApi | undefined {
  const { kinds, lifecycles } = kubernetesData();
  const id = `${apiVersion} ${kind}`;
  const life = own(lifecycles, id);
  // Alpha APIs go without notice: only the documents of the versions show it.
  const gone = Object.entries(own(kinds, id) ?? {}).find(([, served]) => served === null)?.[0];
  const removed = gone === undefined ? life?.removed : Number(gone);
  if (removed === undefined || removed <= from || removed > to) return undefined;
  return { removed, replacement: life?.replacement };
}
