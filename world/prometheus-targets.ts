import { list, number, record, string } from '../manifests/resource';
import { goUrl } from '../upstream/prometheus/url';
import type { ConfiguredPrometheus, PrometheusFile } from './prometheus';

/** An address that a Prometheus configuration connects to. */
export interface PrometheusTarget {
  readonly file: PrometheusFile;
  readonly host: string;
  readonly port: number | undefined;
  readonly use: 'scrape' | 'alerts' | 'remote';
  /** As it is written. */
  readonly text: string;
  /** What goes missing where nobody answers: `job web has no target there`. */
  readonly consequence: string;
}

/** Where a Prometheus scrapes, sends its alerts, and writes to: the addresses that are written in its files. */
export function* prometheusTargets({ configuration, jobFiles }: ConfiguredPrometheus): Iterable<PrometheusTarget> {
  for (const file of [configuration, ...jobFiles])
    for (const job of list(record(file.content)?.['scrape_configs']).map(record)) {
      const consequence = `the target of job ${String(job?.['job_name'])} is down (up is 0)`;
      for (const text of addressesOfJob(job))
        yield* targetAt(file, text, { use: 'scrape', byDefault: schemePort(job?.['scheme']), consequence });
    }
  const content = record(configuration.content);
  for (const entry of list(record(content?.['alerting'])?.['alertmanagers']).map(record))
    for (const text of addressesOfJob(entry))
      yield* targetAt(configuration, text, {
        use: 'alerts',
        byDefault: schemePort(entry?.['scheme']),
        consequence: 'no alert is sent there',
      });
  for (const field of ['remote_write', 'remote_read'])
    for (const entry of list(content?.[field]).map(record))
      yield* urlTarget(configuration, entry?.['url'], `${field} fails`);
}

function schemePort(scheme: unknown): number {
  return scheme === 'https' ? 443 : 80;
}

function* addressesOfJob(job: ReturnType<typeof record>): Iterable<string> {
  // A relabeling may write the address, and take the target as a parameter.
  const written = list(job?.['relabel_configs'])
    .map(record)
    .filter((rule) => rule?.['target_label'] === '__address__');
  for (const rule of written) {
    const replacement = string(rule?.['replacement']);
    if (replacement !== undefined && !replacement.includes('$')) yield replacement;
  }
  if (written.length > 0) return;
  for (const group of list(job?.['static_configs']).map(record))
    for (const target of list(group?.['targets'])) if (typeof target === 'string') yield target;
  for (const found of list(job?.['dns_sd_configs']).map(record)) {
    const type = string(found?.['type']) ?? 'SRV';
    const port = number(found?.['port']);
    for (const name of list(found?.['names'])) {
      if (typeof name !== 'string') continue;
      if (/^A(AAA)?$/i.test(type) && port !== undefined) yield `${name}:${port}`;
      // `_http._tcp.web.shop.svc`: the Service follows the port and the protocol.
      else if (/^SRV$/i.test(type)) yield name.replace(/^(?:_[^.]+\.)+/, '').concat(':0');
    }
  }
}

function* targetAt(
  file: PrometheusFile,
  text: string,
  { use, byDefault, consequence }: Pick<PrometheusTarget, 'use' | 'consequence'> & { readonly byDefault: number },
): Iterable<PrometheusTarget> {
  const parts = /^([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)\.?(?::(\d{1,5}))?$/i.exec(text);
  if (!parts) return;
  const port = parts[2] === undefined ? byDefault : Number(parts[2]);
  const host = parts[1]!.toLowerCase();
  yield { file, host, port: port || undefined, use, text: text.replace(/:0$/, ''), consequence };
}

function* urlTarget(file: PrometheusFile, value: unknown, consequence: string): Iterable<PrometheusTarget> {
  const url = goUrl(string(value) ?? '');
  if (!('problem' in url))
    yield* targetAt(file, url.host, { use: 'remote', byDefault: schemePort(url.scheme), consequence });
}
