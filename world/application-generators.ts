import { parseYaml } from '../manifests/reading/yaml/parse';
import type { Json } from '../manifests/resource';
import { list, mappings, record, string, strings } from '../manifests/resource';
import { selects } from '../manifests/selector';
import { isMap } from '../model/is-map';
import type { TemplateParameters } from './argo-templates';
import { deeplyTemplated } from './argo-templates';

/** One set of parameters that a generator of an ApplicationSet gives the template. */
export interface GeneratedParameters extends TemplateParameters {
  readonly values: Json;
  /** False: they stand for any number of Applications, or for none. */
  readonly isOne: boolean;
}

type Manner = Pick<TemplateParameters, 'isGo' | 'failsOnMissing'>;

/**
 * What a generator gives the template, once for each Application. Lists say it themselves, also within a matrix or a merge. Of clusters,
 * folders, pull requests and the like it is known that there may be some: they stand for one set of parameters, which is not whole.
 */
export function parametersOf(generator: Json, manner: Manner): readonly GeneratedParameters[] {
  const all = allParametersOf(generator, manner);
  const selector = generator['selector'];
  if (record(selector) === undefined) return all;
  return all.filter(({ values, isWhole }) => !isWhole || selects(selector, flattened(values)));
}

function allParametersOf(generator: Json, manner: Manner): readonly GeneratedParameters[] {
  const [listed, matrix, merge] = ['list', 'matrix', 'merge'].map((name) => record(generator[name]));
  if (listed) return elementsOf(listed, manner);
  if (matrix) return combined(mappings(matrix['generators']), manner);
  if (merge) return merged(merge, manner);
  const found = Object.values(generator).map(record).find(Boolean);
  const values = strings(found?.['values']);
  const constant = Object.fromEntries(Object.entries(values).filter(([, value]) => !value.includes('{{')));
  const known = found?.['values'] === undefined ? {} : { values: constant };
  return [{ ...manner, values: inManner(known, manner), isWhole: false, isOne: false }];
}

/** applicationset/generators/list.go */
function elementsOf(listed: Json, manner: Manner): readonly GeneratedParameters[] {
  const one = { ...manner, isWhole: true, isOne: true };
  const elements = mappings(listed['elements']).map((each) => ({ ...one, values: inManner(each, manner) }));
  const text = string(listed['elementsYaml']);
  if (text === undefined || text === '') return elements;
  const more = text.includes('{{') ? undefined : yamlValue(text);
  if (!Array.isArray(more)) return [...elements, { ...one, values: {}, isWhole: false, isOne: false }];
  return [...elements, ...mappings(more).map((values) => ({ ...one, values }))];
}

/** What a text says as YAML; undefined where it is none. */
export function yamlValue(text: string): unknown {
  try {
    return parseYaml(text).value;
  } catch {
    return undefined;
  }
}

/** Without Go's templates, what stands below `values` has its place in its name, and there are no other maps. */
function inManner(values: Json, { isGo }: Manner): Json {
  const own = record(values['values']);
  if (isGo || !own) return values;
  const { values: _, ...others } = values;
  return { ...others, ...Object.fromEntries(Object.entries(own).map(([key, value]) => [`values.${key}`, value])) };
}

/** applicationset/generators/matrix.go: what the first says holds in the second, and over it. */
function combined(generators: readonly Json[], manner: Manner): readonly GeneratedParameters[] {
  const [first, second] = generators;
  if (!first || !second) return [];
  return parametersOf(first, manner).flatMap((one) =>
    parametersOf(deeplyTemplated(second, one) as Json, manner).map((other) => ({
      ...joined(other, one),
      isOne: one.isOne && other.isOne,
    })),
  );
}

/** applicationset/generators/merge.go: the first says which there are, the others what else holds for some of them. */
function merged(merge: Json, manner: Manner): readonly GeneratedParameters[] {
  const keys = list(merge['mergeKeys']).map(String);
  const [first = [], ...others] = mappings(merge['generators']).map((each) => parametersOf(each, manner));
  const more = others.flat();
  const areKnown = more.every(({ isWhole }) => isWhole);
  return first.map((one) =>
    more
      .filter(({ values }) => keys.every((key) => values[key] !== undefined && values[key] === one.values[key]))
      .reduce(joined, { ...one, isWhole: one.isWhole && areKnown }),
  );
}

/** The same with more, which holds over it. */
function joined(one: GeneratedParameters, more: GeneratedParameters): GeneratedParameters {
  return { ...one, values: overlaid(one.values, more.values), isWhole: one.isWhole && more.isWhole };
}

/** As mergo.WithOverride: what says nothing overrides nothing. */
function overlaid(values: Json, more: Json): Json {
  const all: Record<string, unknown> = { ...values };
  for (const [key, value] of Object.entries(more)) {
    const old = all[key];
    if (isMap(old) && isMap(value)) all[key] = overlaid(old, value);
    else if (old === undefined || value) all[key] = value;
  }
  return all;
}

/** `a.b: c`, as labels are selected. */
function flattened(values: Json, start = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) =>
      isMap(value) ? Object.entries(flattened(value, `${start}${key}.`)) : [[`${start}${key}`, String(value)]],
    ),
  );
}

/** What of a generator cannot be worked out, as one text; empty where all can be. */
export function foundOutside(generator: Json): string {
  const [listed, matrix, merge] = ['list', 'matrix', 'merge'].map((name) => record(generator[name]));
  if (listed) return '';
  if (matrix) return mappings(matrix['generators']).map(foundOutside).filter(Boolean).join('\n');
  const [first, ...others] = mappings(merge?.['generators']);
  // What else holds for some of what is found does not stand apart from it.
  if (first && foundOutside(first) === '') return others.map(foundOutside).filter(Boolean).join('\n');
  return JSON.stringify(generator);
}
