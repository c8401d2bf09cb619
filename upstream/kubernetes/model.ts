import type { KubernetesData, Timeline } from './data';
import { kubernetesData } from './data';

/** Values that a server decodes without looking at a definition. */
export const SCALARS = [
  'string',
  'int32',
  'int64',
  'double',
  'bool',
  'bytes',
  'time',
  'micro-time',
  'quantity',
  'int-or-string',
  'any',
] as const;
export type Scalar = (typeof SCALARS)[number];

/** What a field may hold. */
export type Type =
  | { readonly is: Scalar }
  | { readonly is: 'object'; readonly definition: Definition }
  | { readonly is: 'list'; readonly of: Type; readonly keys: readonly string[]; readonly set: boolean }
  | { readonly is: 'map'; readonly of: Type };

export interface Field {
  readonly type: Type;
  readonly required: boolean;
}

/** A struct of the Kubernetes API as one version has it. */
export class Definition {
  #fields: ReadonlyMap<string, Field> | undefined;

  constructor(
    /** `core.v1.Container` */
    readonly name: string,
    private readonly raw: { readonly [field: string]: string },
    private readonly api: Api,
  ) {}

  /** Read on first use: most of the definitions are never asked for. */
  get fields(): ReadonlyMap<string, Field> {
    return (this.#fields ??= new Map(
      Object.entries(this.raw).map(([name, type]) => {
        const required = name.endsWith('!');
        return [required ? name.slice(0, -1) : name, { type: this.api.type(type), required }];
      }),
    ));
  }
}

export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly definition: Definition;
}

/** What the API server of one Kubernetes version offers. */
export class Api {
  private readonly definitions = new Map<string, Definition>();
  private readonly types = new Map<string, Type>();
  private readonly kinds = new Map<string, Kind | undefined>();

  constructor(
    /** 35 for 1.35 */
    readonly minor: number,
    private readonly data: KubernetesData,
  ) {}

  kind(apiVersion: string, kind: string): Kind | undefined {
    const key = `${apiVersion} ${kind}`;
    if (!this.kinds.has(key)) this.kinds.set(key, this.readKind(apiVersion, kind, own(this.data.kinds, key)));
    return this.kinds.get(key);
  }

  private readKind(apiVersion: string, kind: string, timeline: Timeline<string> | undefined): Kind | undefined {
    const text = timeline && at(timeline, this.minor);
    if (!text) return undefined;
    const [plural = '', scope, definition = ''] = text.split(' ');
    return { apiVersion, kind, plural, namespaced: scope === 'namespaced', definition: this.definition(definition) };
  }

  definition(name: string): Definition {
    let definition = this.definitions.get(name);
    if (!definition) {
      const timeline = own(this.data.definitions, name);
      definition = new Definition(name, (timeline && at(timeline, this.minor)) ?? {}, this);
      this.definitions.set(name, definition);
    }
    return definition;
  }

  /** `core.v1.EnvVar[] by name` */
  type(text: string): Type {
    let type = this.types.get(text);
    if (!type) this.types.set(text, (type = this.parse(text)));
    return type;
  }

  private parse(text: string): Type {
    const list = /^(.*)\[\](?: (set)| by (.*))?$/.exec(text);
    if (list)
      return { is: 'list', of: this.type(list[1] ?? ''), keys: list[3]?.split(',') ?? [], set: list[2] !== undefined };
    if (text.endsWith('{}')) return { is: 'map', of: this.type(text.slice(0, -2)) };
    const scalar = SCALARS.find((name) => name === text);
    return scalar ? { is: scalar } : { is: 'object', definition: this.definition(text) };
  }
}

/** The value that holds at a minor version. */
export function at<T>(timeline: Timeline<T>, minor: number): T | undefined {
  let value: T | null | undefined;
  for (const since in timeline) {
    if (Number(since) > minor) break;
    value = timeline[since];
  }
  return value ?? undefined;
}

/** The value of a key that the map has itself. */
export function own<T>(map: { readonly [key: string]: T }, key: string): T | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

const apis = new Map<number, Api>();

/** The API of a Kubernetes version; of the nearest one that is known where it is older or newer than all. */
export function apiOf(minor: number): Api {
  const { oldest, newest } = kubernetesData();
  const known = Math.min(Math.max(minor, oldest), newest);
  let api = apis.get(known);
  if (!api) apis.set(known, (api = new Api(known, kubernetesData())));
  return api;
}

/** Beta APIs that servers offer without being asked: those from the time before betas were off by default. */
const BETAS_ON = /^flowcontrol\.apiserver\.k8s\.io\/v1beta[23]$/;

/** Whether a server offers the version of an API only if it was started with `--runtime-config`. */
export function offByDefault(apiVersion: string): boolean {
  return /(^|\/)v\d+(alpha|beta)\d+$/.test(apiVersion) && !BETAS_ON.test(apiVersion);
}
