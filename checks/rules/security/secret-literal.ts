import { PROBES } from '../../../manifests/probes';
import type { Path } from '../../../manifests/resource';
import { list, pathText, record, string, valueAt } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { literalSecretsIn } from '../../../upstream/pod-security/literals';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (env: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', env: [{ name: DB_PASSWORD, ${env} }] }] }
`;

const CONSEQUENCE = 'everyone who can read the manifests, their repository or its history can read it';

export default check({
  id: 'secret-literal',
  group: 'security',
  description: 'the manifests contain no password, token or key in plain text',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/security/secrets-good-practices/',
  fix: 'remove the value, rotate it where it is used, and provide it by a SealedSecret, an ExternalSecret or a CSI driver',
  example: {
    broken: manifests('value: correct-horse-battery'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].env[0].value'],
    fixed: manifests('valueFrom: { secretKeyRef: { name: db, key: password } }'),
  },
  *judge(world) {
    for (const workload of world.workloads) yield* judgeWorkload(workload);
    for (const config of world.of('ConfigMap')) {
      for (const [key, value] of Object.entries(record(config.at(['data'])) ?? {})) {
        const kind = typeof value === 'string' ? literalSecretsIn(key, value) : undefined;
        if (kind)
          yield {
            resource: config,
            path: ['data', key],
            value: hidden(),
            message: `${kind} is in a ConfigMap: ${CONSEQUENCE}, and so can everyone who may read ConfigMaps`,
          };
      }
    }
    for (const secret of world.of('Secret')) {
      if (secret.isPrinted) continue;
      // Secrets of other types are filled by controllers or tools.
      if (
        ![
          '',
          'Opaque',
          'kubernetes.io/basic-auth',
          'kubernetes.io/dockerconfigjson',
          'kubernetes.io/ssh-auth',
          'kubernetes.io/tls',
        ].includes(string(secret.at(['type'])) ?? '')
      )
        continue;
      for (const field of ['data', 'stringData']) {
        const filled = Object.entries(record(secret.at([field])) ?? {}).filter(
          ([key, value]) =>
            typeof value === 'string' &&
            value.trim() !== '' &&
            !isPublic(key) &&
            !(field === 'stringData' && isPlaceholder(value)),
        );
        const [first] = filled;
        if (!first) continue;
        const keys = filled.map(([key]) => key).join(', ');
        const values = filled.length > 1 ? `the values of the Secret (${keys}) are` : 'the value of the Secret is';
        const encoded = field === 'data' ? ', only base64-encoded' : '';
        yield {
          resource: secret,
          path: [field, first[0]],
          value: hidden(),
          message: `${values} in the manifests${encoded}: ${CONSEQUENCE}`,
        };
        break;
      }
    }
  },
});

function* judgeWorkload({ resource, containers }: WorkloadManifest): Iterable<Finding> {
  for (const { json, path } of containers) {
    for (const [i, entry] of list(json['env']).entries()) {
      const variable = record(entry);
      const [name, value] = [string(variable?.['name']), string(variable?.['value'])];
      const kind = name !== undefined && value !== undefined && literalSecretsIn(name, value);
      if (kind)
        yield {
          resource,
          path: [...path, 'env', i, 'value'],
          value: hidden(),
          message: `${kind} (variable ${name}) is in the pod in plain text: ${CONSEQUENCE}`,
        };
    }
    for (const at of COMMANDS) {
      const words = list(valueAt(json, at));
      for (const [i, argument] of words.entries()) {
        if (typeof argument !== 'string') continue;
        const kind = secretIn(words, i, argument);
        if (kind)
          yield {
            resource,
            path: [...path, ...at, i],
            value: hidden(),
            message: `${kind} is in ${pathText([...at, i])} in plain text: ${CONSEQUENCE}, and so can everyone who may list processes`,
          };
      }
    }
  }
}

/** Where a container has words of a command line. */
const COMMANDS: readonly Path[] = [
  ['command'],
  ['args'],
  ...PROBES.map((probe) => [probe, 'exec', 'command']),
  ...['postStart', 'preStop'].map((hook) => ['lifecycle', hook, 'exec', 'command']),
];

/** A secret in one word: `--password=…`, what follows `--password`, or the password of a client within a script. */
function secretIn(words: readonly unknown[], i: number, argument: string): string | undefined {
  const [, name = '', value = argument] = /^--?([\w.-]+)=(.+)$/s.exec(argument) ?? [];
  const own = literalSecretsIn(name, value);
  if (own) return own;
  const before = string(words[i - 1]);
  const flag = /^--?([A-Za-z][\w.-]*)$/.exec(before ?? '')?.[1];
  if (flag !== undefined && flag.length > 1 && !argument.startsWith('-')) return literalSecretsIn(flag, argument);
  const isRedis = before === '-a' && words.some((word) => /redis-cli$/.test(String(word)));
  if (isRedis && !/^[$-]/.test(argument)) return 'the password of redis-cli';
  const inScript =
    /\bredis-cli\b[^|;&\n]*\s-a\s+(?!["']?\$)["']?[^\s"'$]+/.exec(argument) ??
    /\bmysql(?:admin|dump)?\b[^|;&\n]*\s(?:-p(?!["']?\$)["']?[^\s"'$]+|--password[= ](?!["']?\$)["']?[^\s"'$]+)/.exec(
      argument,
    ) ??
    /\bPGPASSWORD=(?!["']?\$)["']?[^\s"'$]+/.exec(argument);
  return inScript ? 'a password' : undefined;
}

/** Findings end up in the logs of CI. */
function hidden(): string {
  return '(not shown)';
}

function isPublic(key: string): boolean {
  return /^(ca|tls|server|client)\.(crt|pem)$|^(username|user|host|hostname|port|database|dbname)$/i.test(key);
}

/** A placeholder that is replaced before the manifest is applied: `${PASSWORD}`, `<path:…>`, `{{ … }}`, `vault:…`, `ref+…`. */
function isPlaceholder(value: string): boolean {
  return /^(\$\{[^}]*\}|\$[A-Z_][A-Z0-9_]*|<path:[^>]*>|\{\{[^}]*\}\}|(vault|op|ref\+\w+):.*)$/.test(value.trim());
}
