import type { Resource } from '../../../manifests/resource';
import type { World } from '../../../world/world';
import type { PolicyMatch } from './match';

/** What a policy says of one side of the pods that it is about. */
export interface PolicyStance {
  /** `in`: who connects to them; `out`: what they connect to. */
  readonly side: 'in' | 'out';
  /** Where the pods are; empty: in every namespace. */
  readonly namespace: string;
  /** Which of them: a LabelSelector, or what else the API has in its place. */
  readonly selector: unknown;
  /** Whether what no policy allows is refused because of this one. */
  readonly isolates: boolean;
  readonly allows: readonly PolicyMatch[];
  /** What is refused whatever is allowed. */
  readonly denies: readonly PolicyMatch[];
}

/** How the policies of an API are read. */
export interface PolicyApi {
  readonly reads: (resource: Resource) => boolean;
  readonly stances: (world: World, resource: Resource) => readonly PolicyStance[];
  /** Whether the network is simulated with it, so that only what it does to pods that are not here is told. @default false */
  readonly isSimulated?: true;
  /** Whether it only allows: what it is about is isolated by something else. @default false */
  readonly onlyAllows?: true;
}
