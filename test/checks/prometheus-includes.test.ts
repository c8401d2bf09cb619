import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { said } from './judging';

/**
 * The sets of Prometheus' own test files that include others (config/testdata of its Go module 0.316.0, Apache-2.0), mounted as they
 * stand there; what each is refused for is the error that its config_test.go expects.
 */
const folder = join(__dirname, 'prometheus-includes');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yml'));

/** A Prometheus that reads one of the files, with all of them beside it. */
function prometheus(main: string): string {
  const keyOf = (name: string) => name.replace('/', '.');
  const config = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'prometheus', namespace: 'shop' },
    data: Object.fromEntries(files.map((name) => [keyOf(name), readFileSync(join(folder, name), 'utf8')])),
  };
  const items = files.map((name) => ({ key: keyOf(name), path: name }));
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'prometheus', namespace: 'shop' },
    spec: {
      volumes: [{ name: 'config', configMap: { name: 'prometheus', items } }],
      containers: [
        {
          name: 'prometheus',
          image: 'prom/prometheus:v3.5.0',
          args: [`--config.file=/etc/prometheus/${main}`],
          volumeMounts: [{ name: 'config', mountPath: '/etc/prometheus' }],
        },
      ],
    },
  };
  return `${JSON.stringify(config)}\n---\n${JSON.stringify(pod)}`;
}

const judged = (main: string) =>
  said('prom-config-rules-valid', prometheus(main)).map(({ verdict, path, message }) => ({ verdict, path, message }));

describe("of Prometheus' own files that include others", () => {
  test.each<[file: string, at: string, why: RegExp]>([
    ['scrape_config_files_double_import.bad.yml', 'scrape_config_files.good.yml', /has a job prometheus/],
    ['scrape_config_files_duplicate.bad.yml', 'scrape_config_files.good.yml', /has a job prometheus/],
    ['scrape_config_files_global_duplicate.bad.yml', 'scrape_config_files.good.yml', /has a job prometheus/],
    ['scrape_config_files_global.bad.yml', 'scrape_config_files.bad.yml', /scrape_timeout is longer/],
    ['scrape_config_files_glob.bad.yml', 'scrape_config_files_glob.bad.yml', /not in its last part/],
  ])('%s is refused for what stands in %s', (file, at, why) => {
    const found = judged(file);
    expect(found.length).toBeGreaterThan(0);
    for (const { verdict, path, message } of found) {
      expect(verdict).toBe('fail');
      expect(path).toContain(`data["${at}"]`);
      expect(message).toMatch(why);
    }
  });

  test.each([
    'scrape_config_files_combined.good.yml',
    'scrape_config_files_only.good.yml',
    'scrape_config_files_glob.good.yml',
  ])('%s is silent', (file) => expect(judged(file)).toEqual([]));
});
