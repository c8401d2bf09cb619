import type { Duration } from './quantity';
import type { Canary, CommittedRelease, ReleaseForm } from './release';
import { isControlled, rolling, stepShares } from './release';

/** A state that a service is in while a version is released: what is set, and what is waited for before the next one. */
export interface ReleaseStage {
  readonly does: 'pods' | 'share' | 'switch' | 'match' | 'copies' | 'quiet' | 'first' | 'back' | 'end';
  /** What `release` is set to. */
  readonly release: CommittedRelease;
  /** What the image of the service itself is set to. @default - what it was */
  readonly image?: string;
  /** How long it is watched. @default - not at all */
  readonly watch?: Duration;
  /** Nothing goes on until somebody says so. @default false */
  readonly hold?: true;
}

/**
 * The states in turn, each a commit, from the first pod of the next version to the end of the one before. None for `rolling` and `recreate`, and
 * none where a controller carries it out: there a release is one commit, which changes the image. `byPods`: a share of the requests is one of the pods.
 * `image`: that of the service itself; where a canary is at its end, it is the next version, and only the states that end it are told.
 */
export function stagesOf(
  release: ReleaseForm,
  { byPods = false, image }: { readonly byPods?: boolean; readonly image?: string } = {},
): readonly ReleaseStage[] {
  if (isControlled(release)) return [];
  switch (release.way) {
    case 'rolling':
    case 'recreate':
      return [];
    case 'blueGreen': {
      const next = release.live === 'blue' ? 'green' : 'blue';
      return [
        { does: 'pods', release, hold: true },
        { does: 'switch', release: { ...release, live: next } },
      ];
    }
    case 'canary':
      return [...(image === release.next.image ? [] : rising(release)), ...ending(release, byPods)];
    case 'ab':
      return [{ does: 'match', release, hold: true }];
    case 'mirror': {
      const none = { ...release, share: 0 };
      return [
        { does: 'pods', release: none },
        { does: 'copies', release: { ...release, share: release.share || 100 }, hold: true },
        { does: 'quiet', release: none },
        { does: 'end', release: rolling() },
      ];
    }
  }
}

function rising(release: Canary): ReleaseStage[] {
  const stages: ReleaseStage[] = [{ does: 'pods', release: { ...release, at: 0 } }];
  for (const step of release.steps) {
    const last = stages.length - 1;
    if ('share' in step) stages.push({ does: 'share', release: { ...release, at: step.share } });
    else stages[last] = { ...stages[last]!, ...('watch' in step ? { watch: step.watch } : { hold: true }) };
  }
  return [...stages, { does: 'share', release: { ...release, at: 100 } }];
}

/**
 * All requests are with the next version: the first becomes the same, gets the requests back, and only then is alone. Where pods are the
 * share, they come back as they went.
 */
function ending(release: Canary, byPods: boolean): ReleaseStage[] {
  const image = release.next.image!;
  const back = (at: number): ReleaseStage => ({ does: 'back', release: { ...release, at }, image });
  return [
    { does: 'first', release: { ...release, at: 100 }, image },
    ...(byPods ? stepShares(release.steps).reverse().map(back) : []),
    back(0),
    { does: 'end', release: rolling(), image },
  ];
}
