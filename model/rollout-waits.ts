import type { KubernetesObject } from './kubernetes';

interface Analysis {
  readonly templates?: readonly { readonly templateName?: string }[];
}
interface Strategy {
  readonly canary?: {
    readonly steps?: readonly {
      readonly pause?: { readonly duration?: number | string };
      readonly analysis?: Analysis;
    }[];
  };
  readonly blueGreen?: {
    readonly autoPromotionSeconds?: number;
    readonly prePromotionAnalysis?: Analysis;
    readonly postPromotionAnalysis?: Analysis;
  };
}
interface Measured {
  readonly metrics?: readonly {
    readonly interval?: string;
    readonly initialDelay?: string;
    readonly count?: number | string;
  }[];
}

/**
 * How long a Rollout of Argo waits by itself before its next version is alone: pauses, and analyses with an end. How long somebody takes who has to
 * say that it goes on nobody knows. Seconds.
 */
export function rolloutWaits({ metadata, spec }: KubernetesObject, objects: readonly KubernetesObject[]): number {
  const { canary, blueGreen } = (spec as { readonly strategy?: Strategy } | undefined)?.strategy ?? {};
  const analysed = (analysis: Analysis | undefined) =>
    Math.max(
      0,
      ...(analysis?.templates ?? []).map(({ templateName }) => {
        const template = objects.find(
          ({ kind, metadata: of }) =>
            kind === 'AnalysisTemplate' && of.name === templateName && of.namespace === metadata.namespace,
        );
        return measuredFor(template?.spec as Measured | undefined);
      }),
    );
  const steps = (canary?.steps ?? []).map(({ pause, analysis }) => secondsOf(pause?.duration) + analysed(analysis));
  const { autoPromotionSeconds = 0, prePromotionAnalysis, postPromotionAnalysis } = blueGreen ?? {};
  return [...steps, autoPromotionSeconds, analysed(prePromotionAnalysis), analysed(postPromotionAnalysis)].reduce(
    (sum, each) => sum + each,
    0,
  );
}

function measuredFor(spec: Measured | undefined): number {
  return Math.max(
    0,
    ...(spec?.metrics ?? []).map(
      ({ interval, initialDelay, count = 1 }) =>
        secondsOf(initialDelay) + secondsOf(interval) * Math.max(Number(count) - 1 || 0, 0),
    ),
  );
}

/** Seconds as a number, or a duration of Go. */
function secondsOf(duration: number | string | undefined): number {
  if (typeof duration === 'number') return duration;
  if (/^\d+$/.test(duration ?? '')) return Number(duration);
  const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };
  return [...(duration ?? '').matchAll(/(\d+(?:\.\d+)?)([hms])/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * UNITS[unit!]!,
    0,
  );
}
