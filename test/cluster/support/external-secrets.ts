import { createHash, randomBytes } from 'node:crypto';
import type { KubernetesObject } from './kubernetes';

interface ExternalSecret extends KubernetesObject {
  readonly spec: {
    readonly data: readonly {
      readonly secretKey: string;
      readonly remoteRef: { readonly key: string; readonly property?: string };
    }[];
    readonly target: {
      readonly name: string;
      readonly immutable?: boolean;
      readonly template: { readonly data: Readonly<Record<string, string>>; readonly type?: string };
    };
  };
}

/** Plays External Secrets, of which there is no controller: the Secrets that the objects declare, over a store of made-up values. */
export function declaredSecrets(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const store = new Map<string, string>();
  const fetch = (entry: string) => {
    if (!store.has(entry)) store.set(entry, randomBytes(16).toString('hex'));
    return store.get(entry)!;
  };
  const declared = objects.filter((object): object is ExternalSecret => object.kind === 'ExternalSecret');
  return declared.map(({ metadata: { namespace = 'default' }, spec: { data, target } }) => {
    const values = new Map(
      data.map(({ secretKey, remoteRef: { key, property = '' } }) => [secretKey, fetch(`${key} ${property}`)]),
    );
    return {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: target.name, namespace },
      type: target.template.type ?? 'Opaque',
      immutable: target.immutable ?? false,
      stringData: Object.fromEntries(
        Object.entries(target.template.data).map(([key, template]) => [key, evaluated(template, values)]),
      ),
    };
  });
}

/** `{{ .name }}` and `{{ .name | sha256sum }}`, a name with a hyphen as `index . "name"`; whatever else a template may hold is an error here. */
function evaluated(template: string, values: ReadonlyMap<string, string>): string {
  return template.replace(/\{\{(.*?)\}\}/g, (action, inside: string) => {
    const [, plain, quoted, pipe] = /^\s*(?:\.(\w+)|index \. "([^"]+)")(?:\s*\|\s*(sha256sum))?\s*$/.exec(inside) ?? [];
    const value = values.get(plain ?? quoted ?? '');
    if (value === undefined) throw new Error(`the test does not understand ${action} of an ExternalSecret`);
    return pipe ? createHash('sha256').update(value).digest('hex') : value;
  });
}
