import type { Json, Path } from './resource';
import { number, record } from './resource';
import type { Container } from './workload';

export type ProbeKind = 'startupProbe' | 'readinessProbe' | 'livenessProbe';
export const PROBES: readonly ProbeKind[] = ['startupProbe', 'readinessProbe', 'livenessProbe'];

/** A probe with what Kubernetes fills in. */
export interface DefaultedProbe {
  readonly kind: ProbeKind;
  readonly json: Json;
  readonly path: Path;
  readonly delay: number;
  readonly period: number;
  readonly timeout: number;
  readonly failures: number;
}

export function probeOf({ json, path }: Container, kind: ProbeKind): DefaultedProbe | undefined {
  const probe = record(json[kind]);
  if (!probe) return undefined;
  // 0 is filled in like nothing.
  const seconds = (field: string, standard: number) => number(probe[field]) || standard;
  return {
    kind,
    json: probe,
    path: [...path, kind],
    delay: seconds('initialDelaySeconds', 0),
    period: seconds('periodSeconds', 10),
    timeout: seconds('timeoutSeconds', 1),
    failures: seconds('failureThreshold', 3),
  };
}

/** What a probe or a lifecycle hook connects to. */
export function portOf(handler: unknown): { readonly port: unknown; readonly path: Path } | undefined {
  const given = record(handler);
  for (const field of ['httpGet', 'tcpSocket', 'grpc']) {
    const action = record(given?.[field]);
    if (action && action['port'] !== undefined && action['port'] !== null)
      return { port: action['port'], path: [field, 'port'] };
  }
  return undefined;
}

/** What a probe does, its timing aside; equal texts mean equal questions. */
export function actionOf({ json }: DefaultedProbe): string {
  return JSON.stringify(['httpGet', 'tcpSocket', 'grpc', 'exec'].map((field) => json[field] ?? null));
}
