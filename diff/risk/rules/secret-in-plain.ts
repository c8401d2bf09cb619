import type { Json } from '../../../manifests/resource';
import { list, mappings, record, string, strings } from '../../../manifests/resource';
import { literalSecretsIn } from '../../../upstream/pod-security/literals';
import { containerChanges } from '../containers';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';
import type { WorkloadChange } from '../workloads';
import { changedWorkloads, templateFields } from '../workloads';

const web = (entry: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0', env: [{ name: DB_PASS, ${entry} }] }] } }
`;
const FROM = (name: string) => `valueFrom: { secretKeyRef: { name: ${name}, key: pass } }`;

export default riskRule({
  id: 'secret-in-plain',
  class: 'exposure',
  description: 'a secret that stands in plain text: in a variable, an argument or a ConfigMap, where it did not before',
  reason:
    'Whoever may read workloads or ConfigMaps reads it, and so does whoever reads the repository that they come from. Secrets have rights of their own, and are not shown by kubectl describe.',
  source: 'https://kubernetes.io/docs/concepts/security/secrets-good-practices/',
  advice: 'keep it in a Secret and refer to that; what was written in plain text has to be replaced by another one',
  example: {
    before: web(FROM('db')),
    after: web('value: hunter2'),
    finds: ['Deployment/shop/web spec.template.spec.containers[web].env[DB_PASS].value'],
    harmless: web(FROM('db2')),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff))
      if (templateFields(workload).length > 0) yield* ofContainers(workload);
    for (const change of changesOf(diff, 'ConfigMap')) {
      if (change.after?.group !== '' || change.does === 'removed') continue;
      const old = strings(change.before?.at(['data']));
      for (const [key, text] of Object.entries(strings(change.after.at(['data'])))) {
        const what = secretGained(key, old[key], text);
        if (what !== undefined)
          yield {
            change,
            field: change.does === 'changed' ? fieldAt(change, ['data', key]) : undefined,
            message: `${what} stands in it: whoever may read ConfigMaps of the namespace reads it`,
          };
      }
    }
  },
});

function* ofContainers(workload: WorkloadChange): Iterable<FoundRisk> {
  const { change } = workload;
  for (const { before, after, path } of containerChanges(workload)) {
    const old = new Map(mappings(before.json['env']).map((entry) => [string(entry['name']), entry]));
    for (const entry of mappings(after.json['env'])) {
      const [name, value] = [string(entry['name']) ?? '', string(entry['value']) ?? ''];
      const was = old.get(name);
      const wasSecret = value !== '' && isOfSecret(was);
      const what = wasSecret ? undefined : secretGained(name, string(was?.['value']), value);
      if (!wasSecret && what === undefined) continue;
      const at = [...path, 'env', { name }];
      yield {
        change,
        field: fieldAt(change, [...at, 'value']) ?? fieldAt(change, at) ?? fieldAt(change, [...path, 'env']),
        message: wasSecret
          ? `${name} came from a Secret, and its value stands here in plain text`
          : `${what} stands here in plain text`,
      };
    }
    for (const field of ['command', 'args']) {
      const known = new Set(list(before.json[field]));
      const what = list(after.json[field])
        .filter((word): word is string => typeof word === 'string' && !known.has(word))
        .map((word) => literalSecretsIn(...asNamed(word)))
        .find((found) => found !== undefined);
      if (what !== undefined && !list(before.json[field]).some((word) => literalSecretsIn(...asNamed(String(word)))))
        yield {
          change,
          field: fieldAt(change, [...path, field]),
          message: `${what} stands in its ${field} in plain text`,
        };
    }
  }
}

/** `--db-password=hunter2`: the name of an argument, and its value. */
function asNamed(word: string): [string, string] {
  const [, name = '', value = word] = /^--?([\w.-]+)=(.*)$/s.exec(word) ?? [];
  return [name, value];
}

function isOfSecret(entry: Json | undefined): boolean {
  return record(record(entry?.['valueFrom'])?.['secretKeyRef']) !== undefined;
}

/** The secret that a text holds and did not before: another one in the place of one is as plain as that. */
function secretGained(name: string, was: string | undefined, is: string): string | undefined {
  return was !== undefined && literalSecretsIn(name, was) !== undefined ? undefined : literalSecretsIn(name, is);
}
