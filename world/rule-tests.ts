import { dirname, join, normalize } from 'node:path/posix';
import type { Json, Path, Resource } from '../manifests/resource';
import { list, record, string, strings } from '../manifests/resource';
import { readContent } from '../upstream/prometheus/yaml';
import { globOf } from './prometheus';
import type { World } from './world';

/** Tests of alerting and recording rules in promtool's format, and the rules that they are about. */
export interface RuleTests {
  readonly resource: Resource;
  /** Where the tests stand in it: a key of a ConfigMap, or the whole of a file. */
  readonly path: Path;
  readonly content: Json;
  /** What `rule_files` names and is here: each file as an object with `groups`. */
  readonly rules: readonly { readonly groups: readonly unknown[] }[];
  /** What it names and is not here. */
  readonly missing: readonly string[];
}

/** Rule tests in files beside the manifests and in ConfigMaps. They name PrometheusRules by the file that these stand in. */
export function* ruleTestsOf(world: World): Iterable<RuleTests> {
  const files = rulesByFile(world);
  for (const resource of world.documents) {
    if (isTests(resource.object)) yield testsOf(resource, [], resource.object, files, resource.source.file);
  }
  for (const resource of world.of('ConfigMap')) {
    const data = strings(resource.at(['data']));
    for (const [key, content] of Object.entries(data)) {
      if (!content.includes('tests')) continue;
      const tests = record(readContent(content).content);
      if (tests && isTests(tests))
        yield testsOf(
          resource,
          ['data', key],
          tests,
          new Map(
            Object.entries(data).map(([name, other]) => [name, list(record(readContent(other).content)?.['groups'])]),
          ),
          key,
        );
    }
  }
}

/** The alerts that the rules of some tests define. */
export function alertsOf({ rules }: RuleTests): ReadonlySet<string> {
  return new Set(
    rules.flatMap(({ groups }) =>
      groups.flatMap((group) =>
        list(record(group)?.['rules']).flatMap((rule) => string(record(rule)?.['alert']) ?? []),
      ),
    ),
  );
}

/** Without rule_files they are about expressions alone, and are told by what stands in a test. */
function isTests(content: Json): boolean {
  if (!Array.isArray(content['tests'])) return false;
  if (Array.isArray(content['rule_files'])) return true;
  return (
    (content['rule_files'] ?? null) === null &&
    content['tests'].some((test) => PARTS_OF_TEST.some((part) => Array.isArray(record(test)?.[part])))
  );
}

const PARTS_OF_TEST = ['input_series', 'alert_rule_test', 'promql_expr_test'];

function testsOf(
  resource: Resource,
  path: Path,
  content: Json,
  files: ReadonlyMap<string, readonly unknown[]>,
  own: string,
): RuleTests {
  const rules: { groups: readonly unknown[] }[] = [];
  const missing: string[] = [];
  for (const entry of list(content['rule_files'])) {
    if (typeof entry !== 'string') continue;
    const patterns = [globOf(normalize(join(dirname(own), entry)))].flat();
    const found = [...files].filter(
      ([file, groups]) => groups.length > 0 && patterns.some((pattern) => pattern.test(normalize(file))),
    );
    if (found.length === 0) missing.push(entry);
    for (const [, groups] of found) rules.push({ groups });
  }
  return { resource, path, content, rules, missing };
}

/** The groups of rules of each file: those of its PrometheusRules, or the file's own. */
function rulesByFile(world: World): ReadonlyMap<string, readonly unknown[]> {
  const files = new Map<string, readonly unknown[]>();
  const add = ({ source }: Resource, groups: unknown) =>
    files.set(source.file, [...(files.get(source.file) ?? []), ...list(groups)]);
  for (const resource of world.documents) add(resource, resource.at(['groups']));
  for (const resource of world.of('PrometheusRule')) add(resource, resource.at(['spec', 'groups']));
  return files;
}
