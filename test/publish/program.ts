import { publish } from '../../publish/publish';
import type { State } from './request';
import { requestOf } from './request';

/** What a run in a process of its own publishes: `components` in each of `targets`, all with this text. */
export interface Call {
  readonly repo: string;
  readonly push: boolean;
  readonly targets: number;
  readonly components: number;
  readonly text: string;
  /** Only these targets. */
  readonly only?: readonly string[];
}

export function stateOf({ targets, components, text }: Pick<Call, 'targets' | 'components' | 'text'>): State {
  return Object.fromEntries(
    Array.from({ length: targets }, (_, t) => [
      `env${t}@kind`,
      Object.fromEntries(Array.from({ length: components }, (_, c) => [`c${c}`, `${text} ${t} ${c}`])),
    ]),
  );
}

/** Does what its argument says, for those who kill it or start two at once. */
export function runCall(text: string): void {
  const { repo, push, only, ...state } = JSON.parse(text) as Call;
  process.stdout.write(publish(requestOf(repo, stateOf(state), { push, ...(only ? { only } : {}) })).landed);
}
