import { string } from './resource';
import type { Container } from './workload';

/** What the images of programs are called whose arguments or files are read here, whatever registry they come from. */
const IMAGES = {
  prometheus: /(^|\/)prometheus(:|@|$)/,
  alertmanager: /(^|\/)alertmanager(:|@|$)/,
  grafana: /(^|\/)grafana(-oss|-enterprise)?(:|@|$)/,
  'kube-state-metrics': /(^|\/)kube-state-metrics(:|@|$)/,
  'node-exporter': /(^|\/)node[-_]exporter(:|@|$)/,
  'prometheus-operator': /(^|\/)prometheus-operator(:|@|$)/,
  'prometheus-operator-webhook': /prometheus-operator\/admission-webhook(:|@|$)/,
  'prometheus-adapter': /(^|\/)(k8s-)?prometheus-adapter(-amd64)?(:|@|$)/,
  'metrics-server': /(^|\/)metrics-server(:|@|$)/,
  'redis-exporter': /redis[-_]exporter/,
  'argo-cd': /argocd/,
  /** Its operator; the metrics server and the webhook have images of their own. */
  keda: /(^|\/)keda(:|@|$)/,
  traefik: /(^|\/)traefik(:|@|$)/,
  'ingress-nginx': /ingress-nginx|nginx-ingress/,
} as const satisfies Record<string, RegExp>;

export type ProgramName = keyof typeof IMAGES;

/** Whether a container runs a program, by the name of its image. */
export function runsProgram(container: Container, name: ProgramName): boolean {
  return IMAGES[name].test(string(container.json['image']) ?? '');
}

/** The first container that runs a program. */
export function containerOf(containers: readonly Container[], name: ProgramName): Container | undefined {
  return containers.find((container) => runsProgram(container, name));
}
