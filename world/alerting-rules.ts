import type { Json, Path, Resource } from '../manifests/resource';
import { list, mappings, record, string, strings } from '../manifests/resource';
import { readContent } from '../upstream/prometheus/yaml';
import type { World } from './world';

/** A rule of Prometheus, wherever it stands: in a PrometheusRule, or in a rule file of a ConfigMap. */
export interface StatedRule {
  /** Of the alert, or of the series that it records. */
  readonly name: string;
  readonly rule: Json;
  readonly resource: Resource;
  /** Of the rule, or of the file that holds it. */
  readonly path: Path;
}

/** One that tells of something. */
export type StatedAlert = StatedRule;

/** Every alerting rule of the manifests, in their order. */
export function alertingRulesOf(world: World): readonly StatedAlert[] {
  return rulesOf(world, 'alert');
}

/** Every recording rule of the manifests, in their order. */
export function recordingRulesOf(world: World): readonly StatedRule[] {
  return rulesOf(world, 'record');
}

function rulesOf(world: World, field: RuleField): readonly StatedRule[] {
  const isWritten = new RegExp(`\\b${field}\\b`);
  return [
    ...world.of('PrometheusRule').flatMap((resource) =>
      rulesIn(resource.at(['spec', 'groups']), field).map(({ rule, path }) => ({
        name: string(rule[field])!,
        rule,
        resource,
        path: ['spec', 'groups', ...path],
      })),
    ),
    ...world.of('ConfigMap').flatMap((resource) =>
      Object.entries(strings(resource.at(['data']))).flatMap(([key, text]) => {
        if (!isWritten.test(text) || !/\bgroups\b/.test(text)) return [];
        const file = record(readContent(text).content);
        return rulesIn(file?.['groups'], field).map(({ rule }) => ({
          name: string(rule[field])!,
          rule,
          resource,
          path: ['data', key],
        }));
      }),
    ),
  ];
}

/** What a rule is: one that tells, or one that keeps the result of its query. */
type RuleField = 'alert' | 'record';

function rulesIn(groups: unknown, field: RuleField): readonly { readonly rule: Json; readonly path: Path }[] {
  return list(groups).flatMap((group, i) =>
    mappings(record(group)?.['rules']).flatMap((rule, j) =>
      string(rule[field]) === undefined ? [] : [{ rule, path: [i, 'rules', j] }],
    ),
  );
}
