import { list, pathText, record, text } from '../../../manifests/resource';
import type { Workload } from '../../../manifests/workload';
import { literalSecretsIn } from '../../../upstream/pod-security/literals';
import type { Judgement } from '../../check';
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

const CONSEQUENCE = 'whoever can read the manifests, their repository and its history has it';

export default check({
  id: 'secret-literal',
  group: 'security',
  description: 'no password, token or key stands in the manifests as plain text',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/security/secrets-good-practices/',
  fix: 'take the value out, change it where it is in use, and let a SealedSecret, ExternalSecret or CSI driver bring it',
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
            message: `${kind} stands in a ConfigMap: ${CONSEQUENCE}, and so does everybody who may read ConfigMaps`,
          };
      }
    }
    for (const secret of world.of('Secret')) {
      if (secret.isPrinted) continue;
      // Other types are filled by controllers, or have their own way of being made.
      if (
        ![
          '',
          'Opaque',
          'kubernetes.io/basic-auth',
          'kubernetes.io/dockerconfigjson',
          'kubernetes.io/ssh-auth',
          'kubernetes.io/tls',
        ].includes(text(secret.at(['type'])) ?? '')
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
        yield {
          resource: secret,
          path: [field, first[0]],
          value: hidden(),
          message: `the Secret's value${filled.length > 1 ? `s (${filled.map(([key]) => key).join(', ')}) stand` : ' stands'} in the manifests${field === 'data' ? ', in base64, which hides nothing' : ''}: ${CONSEQUENCE}`,
        };
        break;
      }
    }
  },
});

function* judgeWorkload({ resource, containers }: Workload): Iterable<Judgement> {
  for (const { json, path } of containers) {
    for (const [i, entry] of list(json['env']).entries()) {
      const variable = record(entry);
      const [name, value] = [text(variable?.['name']), text(variable?.['value'])];
      const kind = name !== undefined && value !== undefined && literalSecretsIn(name, value);
      if (kind)
        yield {
          resource,
          path: [...path, 'env', i, 'value'],
          value: hidden(),
          message: `${kind} (variable ${name}) stands in the pod as plain text: ${CONSEQUENCE}`,
        };
    }
    for (const field of ['command', 'args']) {
      for (const [i, argument] of list(json[field]).entries()) {
        const [, name, value] = /^--?([\w.-]+)=(.+)$/s.exec(text(argument) ?? '') ?? [];
        const kind =
          name !== undefined && value !== undefined
            ? literalSecretsIn(name, value)
            : typeof argument === 'string'
              ? literalSecretsIn('', argument)
              : undefined;
        if (kind)
          yield {
            resource,
            path: [...path, field, i],
            value: hidden(),
            message: `${kind} stands in ${pathText([field, i])} as plain text: ${CONSEQUENCE}, and everybody who may list processes`,
          };
      }
    }
  }
}

/** What is said here ends up in logs of CI. */
function hidden(): string {
  return '(not shown)';
}

function isPublic(key: string): boolean {
  return /^(ca|tls|server|client)\.(crt|pem)$|^(username|user|host|hostname|port|database|dbname)$/i.test(key);
}

/** Nothing but a variable that is filled in before it is applied: `${PASSWORD}`, `<path:…>`, `{{ … }}`, `vault:…`, `ref+…`. */
function isPlaceholder(value: string): boolean {
  return /^(\$\{[^}]*\}|\$[A-Z_][A-Z0-9_]*|<path:[^>]*>|\{\{[^}]*\}\}|(vault|op|ref\+\w+):.*)$/.test(value.trim());
}
