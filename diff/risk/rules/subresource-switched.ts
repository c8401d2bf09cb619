import type { Json, Resource } from '../../../manifests/resource';
import { mappings, record, string } from '../../../manifests/resource';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';

const definition = (version: string, labels = '') => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com, labels: { team: a${labels} } }
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Widget, plural: widgets }
  versions:
    - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }${version} }
`;
const STATUS = ', subresources: { status: {} }';

export default riskRule({
  id: 'subresource-switched',
  class: 'disruption',
  description: 'a version of a custom kind whose status or scale is written at an address of its own, or no longer is',
  reason:
    'With a subresource of its own the status is written there alone: what a controller writes along with the object is dropped without a word. Without it, requests to that address get 404, and so do autoscalers without scale.',
  source:
    'https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#subresources',
  advice: 'let the controller that writes to the other address run first: it says so in its release notes',
  example: {
    before: definition(STATUS),
    after: definition(''),
    finds: ['CustomResourceDefinition/widgets.example.com spec.versions[v1].subresources'],
    harmless: definition(STATUS, ', part: b'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'CustomResourceDefinition')) {
      const { does, before, after } = change;
      if (does !== 'changed' || !before || !after) continue;
      const old = servedVersions(before);
      for (const [name, version] of servedVersions(after)) {
        const was = old.get(name);
        if (!was) continue;
        const path = ['spec', 'versions', { name }, 'subresources'];
        const field = fieldAt(change, path);
        for (const message of switched(kindOf(after), was, version)) yield { change, field, message };
      }
    }
  },
});

function* switched(kind: string, was: Json, is: Json): Iterable<string> {
  const [old, now] = [was, is].map((version) => record(version['subresources']) ?? {}) as [Json, Json];
  const has = (subresources: Json, name: string) => record(subresources[name]) !== undefined;
  if (has(old, 'status') && !has(now, 'status'))
    yield `requests to the status of ${kind} get 404: a controller that writes it there fails`;
  if (!has(old, 'status') && has(now, 'status'))
    yield `the status of ${kind} is written at an address of its own: what a controller writes along with the object is dropped`;
  if (has(old, 'scale') && !has(now, 'scale'))
    yield `requests to the scale of ${kind} get 404: autoscalers and kubectl scale fail`;
  for (const path of ['specReplicasPath', 'statusReplicasPath', 'labelSelectorPath']) {
    const [then, current] = [old, now].map((each) => string(record(each['scale'])?.[path]));
    if (has(old, 'scale') && has(now, 'scale') && then !== undefined && then !== current)
      yield `autoscalers look for ${path} at ${current ?? 'nothing'} in place of ${then}`;
  }
}

function servedVersions(definition: Resource): ReadonlyMap<string, Json> {
  return new Map(
    mappings(definition.at(['spec', 'versions'])).flatMap((version) =>
      version['served'] === false ? [] : [[String(version['name']), version] as const],
    ),
  );
}

function kindOf(definition: Resource): string {
  return string(definition.at(['spec', 'names', 'kind'])) ?? definition.name;
}
