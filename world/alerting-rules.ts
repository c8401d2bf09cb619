import type { Json, Path, Resource } from '../manifests/resource';
import { list, mappings, record, string, strings } from '../manifests/resource';
import { readContent } from '../upstream/prometheus/yaml';
import type { World } from './world';

/** An alerting rule, wherever it stands: in a PrometheusRule, or in a rule file of a ConfigMap. */
export interface StatedAlert {
  readonly name: string;
  readonly rule: Json;
  readonly resource: Resource;
  /** Of the rule, or of the file that holds it. */
  readonly path: Path;
}

/** Every alerting rule of the manifests, in their order. */
export function alertingRulesOf(world: World): readonly StatedAlert[] {
  return [
    ...world
      .of('PrometheusRule')
      .flatMap((resource) =>
        rulesIn(resource.at(['spec', 'groups'])).map(({ rule, path }) =>
          stated(rule, resource, ['spec', 'groups', ...path]),
        ),
      ),
    ...world.of('ConfigMap').flatMap((resource) =>
      Object.entries(strings(resource.at(['data']))).flatMap(([key, text]) => {
        if (!/\balert\b/.test(text) || !/\bgroups\b/.test(text)) return [];
        const file = record(readContent(text).content);
        return rulesIn(file?.['groups']).map(({ rule }) => stated(rule, resource, ['data', key]));
      }),
    ),
  ];
}

function rulesIn(groups: unknown): readonly { readonly rule: Json; readonly path: Path }[] {
  return list(groups).flatMap((group, i) =>
    mappings(record(group)?.['rules']).flatMap((rule, j) =>
      string(rule['alert']) === undefined ? [] : [{ rule, path: [i, 'rules', j] }],
    ),
  );
}

function stated(rule: Json, resource: Resource, path: Path): StatedAlert {
  return { name: string(rule['alert'])!, rule, resource, path };
}
