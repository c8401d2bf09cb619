import { goDuration } from '../argo-rollouts/duration';

/** What a duration has against it, as the end of "is …"; undefined where nothing, or none is written. */
export function istioDurationProblem(value: unknown, zero = false): string | undefined {
  if (typeof value !== 'string') return undefined;
  const seconds = goDuration(value);
  if (seconds === undefined) return `is ${JSON.stringify(value)}, which is no duration such as 1.5s or 2m`;
  const milliseconds = Math.round(seconds * 1e9) / 1e6;
  if (zero && Math.trunc(milliseconds) === 0) return undefined;
  return milliseconds >= 1 && Number.isInteger(milliseconds)
    ? undefined
    : `is ${value}, and a duration is of whole milliseconds, at least one`;
}
