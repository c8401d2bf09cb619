import { isMap } from '../model/is-map';
import type { TemplateNode, TemplateTerm } from './argo-template-syntax';
import { templateNodes } from './argo-template-syntax';
import { NO_ANSWER, TEMPLATE_FUNCTIONS } from './template-functions';

/** What an ApplicationSet fills its template with, and how. */
export interface TemplateParameters {
  readonly values: Readonly<Record<string, unknown>>;
  /** False: another generator gives more, which is not known. */
  readonly isWhole: boolean;
  /** `{{ .name }}` by Go's templates; without, `{{name}}` stands for a text and nothing else. */
  readonly isGo: boolean;
  /** Whether a parameter that is not there is an error (goTemplateOptions). */
  readonly failsOnMissing: boolean;
}

/**
 * A text of an ApplicationSet with its parameters filled in, as applicationset/utils/utils.go of Argo CD does it. What cannot be worked out
 * stays in its braces, with the parameters in it that are known: the same text means the same.
 */
export function templated(text: string, parameters: TemplateParameters): string {
  if (!text.includes('{{')) return text;
  if (!parameters.isGo) return filledInFast(text, parameters);
  const nodes = templateNodes(text);
  if (!nodes) return withKnown(text, parameters);
  const scope: Scope = { dot: parameters.values, variables: new Map([['', parameters.values]]), parameters };
  return nodes
    .map((node) => {
      try {
        return rendered([node], scope);
      } catch (error) {
        if (!(error instanceof NotWorkedOut)) throw error;
        return withKnown(node.source, parameters);
      }
    })
    .join('');
}

/** Every text of a value filled in, keys among them. */
export function deeplyTemplated(value: unknown, parameters: TemplateParameters): unknown {
  if (typeof value === 'string') return templated(value, parameters);
  if (Array.isArray(value)) return value.map((each) => deeplyTemplated(each, parameters));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [templated(key, parameters), deeplyTemplated(each, parameters)]),
  );
}

function filledInFast(text: string, { values }: TemplateParameters): string {
  return text.replace(/\{\{(.*?)\}\}/gs, (whole, tag: string) => {
    const value = Object.hasOwn(values, tag.trim()) ? values[tag.trim()] : undefined;
    return isMap(value) || Array.isArray(value) || value === undefined ? whole : String(value);
  });
}

/** What Go would make of it is not known here: a function, a parameter of another generator, or an error. */
class NotWorkedOut extends Error {}

interface Scope {
  readonly dot: unknown;
  readonly variables: Map<string, unknown>;
  readonly parameters: TemplateParameters;
}

function rendered(nodes: readonly TemplateNode[], scope: Scope): string {
  return nodes.map((node) => renderedNode(node, scope)).join('');
}

function renderedNode(node: TemplateNode, scope: Scope): string {
  switch (node.does) {
    case 'text':
      return node.text;
    case 'print': {
      const value = evaluated(node.term, scope);
      if (node.variable === undefined) return printed(value);
      scope.variables.set(node.variable, value);
      return '';
    }
    case 'if':
      return rendered(isTrue(evaluated(node.term, scope)) ? node.body : node.otherwise, scope);
    case 'with': {
      const value = evaluated(node.term, scope);
      if (!isTrue(value)) return rendered(node.otherwise, scope);
      return rendered(node.body, inner(scope, value, [[node.variables.at(-1), value]]));
    }
    default: {
      const value = evaluated(node.term, scope);
      const entries: [unknown, unknown][] = isMap(value)
        ? Object.keys(value)
            .sort()
            .map((key) => [key, value[key]])
        : Array.isArray(value)
          ? value.map((each, i) => [i, each])
          : [];
      if (entries.length === 0) return rendered(node.otherwise, scope);
      const [key, name] = node.variables.length > 1 ? node.variables : [undefined, node.variables[0]];
      return entries
        .map(([at, each]) => {
          const variables: [string | undefined, unknown][] = [
            [key, at],
            [name, each],
          ];
          return rendered(node.body, inner(scope, each, variables));
        })
        .join('');
    }
  }
}

function inner(scope: Scope, dot: unknown, more: readonly (readonly [string | undefined, unknown])[]): Scope {
  const named = more.flatMap(([name, value]) => (name === undefined ? [] : [[name, value] as const]));
  return { ...scope, dot, variables: new Map([...scope.variables, ...named]) };
}

function evaluated(term: TemplateTerm, scope: Scope): unknown {
  switch (term.is) {
    case 'value':
      return term.value;
    case 'field': {
      const { variable, steps } = term;
      if (variable !== undefined && !scope.variables.has(variable)) throw new NotWorkedOut();
      return fieldOf(variable === undefined ? scope.dot : scope.variables.get(variable), steps, scope.parameters);
    }
    case 'fieldOf':
      return fieldOf(evaluated(term.of, scope), term.steps, scope.parameters);
    default: {
      const implementation = Object.hasOwn(TEMPLATE_FUNCTIONS, term.name) ? TEMPLATE_FUNCTIONS[term.name] : undefined;
      const given = term.given.map((each) => evaluated(each, scope));
      const value = implementation?.(...given);
      if (!implementation || value === NO_ANSWER) throw new NotWorkedOut();
      return value;
    }
  }
}

function fieldOf(value: unknown, steps: readonly string[], parameters: TemplateParameters): unknown {
  let at = value;
  for (const step of steps) {
    if (!isMap(at)) throw new NotWorkedOut();
    const isThere = Object.hasOwn(at, step);
    const mayCome = at === parameters.values && !parameters.isWhole;
    if (!isThere && (mayCome || parameters.failsOnMissing)) throw new NotWorkedOut();
    at = isThere ? at[step] : undefined;
  }
  return at;
}

/** As Go's templates see it. */
function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isMap(value) ? Object.keys(value).length > 0 : Boolean(value);
}

function printed(value: unknown): string {
  if (value === undefined || value === null) return '<no value>';
  if (typeof value === 'object') throw new NotWorkedOut();
  return String(value);
}

function withKnown(source: string, { values }: TemplateParameters): string {
  return source.replace(/(?<![\w.$)"])\.([A-Za-z_]\w*)/g, (whole, key: string) =>
    Object.hasOwn(values, key) ? JSON.stringify(values[key]) : whole,
  );
}
