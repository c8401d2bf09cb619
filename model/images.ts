/** Every image and version that strata renders, in one place. Tags are versions and never move; CI may pin digests. */
export const images = {
  /** services/web of this repository. */
  web: 'registry.example.com/course/web:0.1.0',
  /** services/exporter of this repository. */
  exporter: 'registry.example.com/course/exporter:0.1.0',
  /** services/queue-worker and services/queue-publisher of this repository. */
  queueWorker: 'registry.example.com/course/queue-worker:0.1.0',
  queuePublisher: 'registry.example.com/course/queue-publisher:0.1.0',
  rabbitmq: 'docker.io/library/rabbitmq:4.2.10',
  redis: 'docker.io/library/redis:8.2.2',
  prometheus: 'quay.io/prometheus/prometheus:v3.5.0',
  alertmanager: 'quay.io/prometheus/alertmanager:v0.35.0',
  nodeExporter: 'quay.io/prometheus/node-exporter:v1.12.1',
  kubeStateMetrics: 'registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.19.1',
  grafana: 'docker.io/grafana/grafana:12.4.10',
  prometheusAdapter: 'registry.k8s.io/prometheus-adapter/prometheus-adapter:v0.12.0',
  metricsServer: 'registry.k8s.io/metrics-server/metrics-server:v0.9.0',
  /** Speaks with API servers of other versions too: all that is asked of it is one patch of autoscaling/v2. */
  kubectl: 'registry.k8s.io/kubectl:v1.35.4',
  uptimeKuma: 'docker.io/louislam/uptime-kuma:1.23.16',
  nginx: 'docker.io/library/nginx:1.28.0',
  busybox: 'docker.io/library/busybox:1.37.0',
  stressNg: 'docker.io/alexeiled/stress-ng:0.12.05',
} as const;

/** An image reference with a tag, and perhaps a digest behind it. */
export const TAGGED_IMAGE = /^[^\s@]*:[\w][\w.-]*(?:@sha256:[0-9a-f]{64})?$/;

/** The tag of an image reference, which may have a digest behind it. */
export function versionOf(image: string): string {
  const tagged = image.replace(/@.*$/, '');
  return tagged.slice(tagged.lastIndexOf(':') + 1);
}
