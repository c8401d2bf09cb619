import type { Path } from '../../../manifests/resource';
import { list } from '../../../manifests/resource';
import { prometheusDuration } from '../../../upstream/prometheus/duration';
import { check } from '../../check';

const manifests = (timeout: string) => `
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: { name: web, namespace: shop }
spec: { selector: { matchLabels: { app: web } }, endpoints: [{ port: metrics, interval: 15s, scrapeTimeout: ${timeout} }] }
`;

/** Where each kind says how often and how long; a path that ends in a list stands for each of its entries. */
const KINDS: Readonly<
  Record<string, { readonly at: Path; readonly each?: true; readonly interval: string; readonly default?: string }>
> = {
  ServiceMonitor: { at: ['spec', 'endpoints'], each: true, interval: 'interval' },
  PodMonitor: { at: ['spec', 'podMetricsEndpoints'], each: true, interval: 'interval' },
  Probe: { at: ['spec'], interval: 'interval' },
  ScrapeConfig: { at: ['spec'], interval: 'scrapeInterval' },
  Prometheus: { at: ['spec'], interval: 'scrapeInterval', default: '30s' },
  PrometheusAgent: { at: ['spec'], interval: 'scrapeInterval', default: '30s' },
};

export default check({
  id: 'scrape-timeout-fits',
  group: 'monitoring',
  description: 'a scrape ends before the next one begins',
  severity: 'will-break',
  needs: [],
  source: 'https://prometheus-operator.dev/docs/api-reference/api/',
  fix: 'set scrapeTimeout to at most the interval',
  example: {
    broken: manifests('30s'),
    fails: ['ServiceMonitor/shop/web spec.endpoints[0].scrapeTimeout'],
    fixed: manifests('10s'),
  },
  *judge(world) {
    for (const [kind, { at, each, interval, default: fallback }] of Object.entries(KINDS)) {
      for (const resource of world.of(kind)) {
        if (resource.group !== 'monitoring.coreos.com') continue;
        const places = each ? [...list(resource.at(at)).keys()].map((i) => [...at, i]) : [at];
        for (const place of places) {
          const path = [...place, 'scrapeTimeout'];
          const timeout = resource.at(path);
          // A monitor without an interval has that of the Prometheus which selects it.
          const every = resource.at([...place, interval]) || fallback;
          const [long, apart] = [durationOf(timeout), durationOf(every)];
          if (long === undefined || apart === undefined || long <= apart) continue;
          const consequence =
            fallback === undefined
              ? `the operator leaves the whole ${kind} out: nothing is scraped`
              : 'the operator writes no configuration: what is changed has no effect, and a new one does not start';
          yield {
            resource,
            path,
            value: timeout,
            message: `it is longer than ${interval} (${String(every)}), so ${consequence}`,
          };
        }
      }
    }
  },
});

function durationOf(value: unknown): number | undefined {
  return typeof value === 'string' && value !== '' ? prometheusDuration(value) : undefined;
}
