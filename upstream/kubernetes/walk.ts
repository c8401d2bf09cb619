import type { Repair } from '../../manifests/editing/repair';
import type { Json, Path } from '../../manifests/resource';
import { record } from '../../manifests/resource';
import { memo } from '../../model/memo';
import { misspellingOf } from '../../model/misspelling';
import { nearest } from '../../model/near';
import { placeOf } from './elsewhere';
import { isBase64, isQuantity, isTime } from './formats';
import type { Definition, Scalar, Type } from './model';
import type { Problem, Rule, Rules, Topic, Visit } from './rule';
import { portFix, typeFix } from './type-fix';

/** Structs that are there even when nothing is written. */
const STRUCTS: readonly string[] = ['spec', 'template'];

/** One walk through an object, along the definitions of its fields. */
export class Walk implements Visit {
  readonly problems: Problem[] = [];
  /** Volumes that the pods get without saying so: the claims of a StatefulSet. */
  claims: readonly string[] = [];
  /** In the selector of a metric, which the metrics' API reads and the server does not. */
  ofMetric = false;
  /** Where the walk is; copied only for a problem. */
  private readonly path: (string | number)[] = [];
  /** What the whole object is. */
  private root: Definition | undefined;
  /** Inside `status`, which a create request does not set: it must decode, nothing more. */
  private decodeOnly = false;

  constructor(
    readonly minor: number,
    /** What servers ask of each struct beyond its OpenAPI document; see rules/. */
    private readonly rules: Rules,
  ) {}

  /** For rules: a problem at a path below where the walk is. */
  fail(
    below: Path,
    value: unknown,
    words: string,
    topic: Topic = 'schema-valid',
    more: Pick<Problem, 'fix' | 'quote' | 'repair' | 'depends' | 'later'> = {},
  ): void {
    this.problems.push({ topic, path: [...this.path, ...below], value, message: words, ...more });
  }

  /** A struct that stands in a field of the object. */
  within(field: string, value: unknown, definition: Definition): void {
    this.path.push(field);
    this.object(value, definition);
    this.path.pop();
  }

  object(value: unknown, definition: Definition): void {
    const object = record(value);
    if (!object) return this.wrongType(value, 'an object', { is: 'object', definition });
    this.root ??= definition;
    const { fields } = definition;
    const rule = this.rules.get(definition.name);
    rule?.enter?.(object, this);
    for (const name in object) {
      const field = fields.get(name);
      this.path.push(name);
      if (field) this.field(object[name], name, field.type);
      else this.unknown(name, object[name], definition);
      this.path.pop();
    }
    if (this.decodeOnly) return;
    this.absent(object, definition);
    if (rule?.unless?.(this)) return;
    for (const name of requiredOf(definition, this.rules))
      if (isZero(object[name])) this.fail([name], undefined, 'Required value');
    if (rule) this.obey(object, rule);
  }

  /** A struct that is left out is an empty one: its own rules say what it misses. */
  private absent(object: Json, { fields }: Definition): void {
    for (const name of STRUCTS) {
      const type = fields.get(name)?.type;
      if (type?.is !== 'object' || (object[name] !== undefined && object[name] !== null)) continue;
      if (name === 'template' && type.definition.name !== 'core.v1.PodTemplateSpec') continue;
      this.path.push(name);
      this.object({}, type.definition);
      this.path.pop();
    }
  }

  private field(value: unknown, name: string, type: Type): void {
    if (name !== 'status' || this.path.length !== 1) return this.value(value, type);
    this.decodeOnly = true;
    this.value(value, type);
    this.decodeOnly = false;
  }

  private value(value: unknown, type: Type): void {
    if (value === null || value === undefined) return;
    switch (type.is) {
      case 'object':
        return this.object(value, type.definition);
      case 'list':
        return this.list(value, type);
      case 'map': {
        const map = record(value);
        if (!map) return this.wrongType(value, 'an object');
        for (const key in map) {
          this.path.push(key);
          this.value(map[key], type.of);
          this.path.pop();
        }
        return;
      }
      default:
        return this.scalar(value, type.is);
    }
  }

  private list(value: unknown, type: Type & { readonly is: 'list' }): void {
    if (!Array.isArray(value)) return this.wrongType(value, 'a list', type);
    for (let i = 0; i < value.length; i++) {
      this.path.push(i);
      // A null in a list is decoded to what is empty.
      if (value[i] !== null) this.value(value[i], type.of);
      else if (type.of.is === 'object') this.object({}, type.of.definition);
      else if (type.of.is === 'string') this.value('', type.of);
      this.path.pop();
    }
    if (!this.decodeOnly && value.length > 1 && (type.set || type.keys.length > 0)) this.duplicates(value, type);
  }

  /** Server-side apply merges these lists by key, so it refuses two entries with the same one; rules name the lists that every request is refused for. */
  private duplicates(entries: readonly unknown[], type: Type & { readonly is: 'list' }): void {
    const seen = new Set<string>();
    for (let i = 0; i < entries.length; i++) {
      const entry = record(entries[i]);
      const key = type.set
        ? JSON.stringify(entries[i])
        : type.keys.map((name) => JSON.stringify(entry?.[name] ?? defaultKey(name))).join(',');
      if (seen.has(key)) {
        const words = type.set
          ? `duplicate entries ${key}`
          : `duplicate entries for key [${type.keys.map((name) => `${name}=${JSON.stringify(entry?.[name] ?? defaultKey(name) ?? '')}`).join(',')}]`;
        this.fail([i], entries[i], words, 'list-map-duplicates', { depends: 'server-side apply' });
      }
      seen.add(key);
    }
  }

  private scalar(value: unknown, scalar: Scalar): void {
    switch (scalar) {
      case 'any':
        return;
      case 'string':
        return typeof value === 'string' ? undefined : this.wrongType(value, 'a string');
      case 'int32':
        return this.integer(value, 2 ** 31, 'a whole number of 32 bits');
      case 'int64':
        return this.integer(value, 2 ** 63, 'a whole number of 64 bits');
      case 'double':
        return typeof value === 'number' ? undefined : this.wrongType(value, 'a number');
      case 'bool':
        return typeof value === 'boolean' ? undefined : this.wrongType(value, 'true or false');
      case 'quantity':
        return isQuantity(value) ? undefined : this.wrongType(value, "a quantity (e.g. '500m', '1.5Gi')");
      case 'int-or-string':
        return typeof value === 'string' ? undefined : this.integer(value, 2 ** 31, 'a whole number or a string');
      case 'micro-time':
        return typeof value === 'string' && isTime(value) && /\.\d{6}/.test(value)
          ? undefined
          : this.wrongType(value, "a time with microseconds (e.g. '2006-01-02T15:04:05.000000Z')");
      case 'time':
        return typeof value === 'string' && isTime(value)
          ? undefined
          : this.wrongType(value, "a time as RFC 3339 has it (e.g. '2006-01-02T15:04:05Z')");
      case 'bytes':
        // A list of numbers is bytes too.
        if (
          Array.isArray(value) &&
          value.every((byte) => byte === null || (Number.isInteger(byte) && byte >= 0 && byte < 256))
        )
          return;
        if (typeof value !== 'string') return this.wrongType(value, 'base64');
        return isBase64(value) ? undefined : this.fail([], value, 'illegal base64 data');
    }
  }

  private integer(value: unknown, below: number, expected: string): void {
    if (typeof value !== 'number' || !Number.isInteger(value) || value >= below || value < -below)
      this.wrongType(value, expected);
  }

  private wrongType(value: unknown, expected: string, type?: Type): void {
    const quote = expected === 'a string' && (typeof value === 'number' || typeof value === 'boolean');
    this.fail([], value, `must be ${expected}, not ${kindOfValue(value)}`, 'schema-valid', {
      ...typeFix(value, expected, this.path, type),
      ...(quote ? { quote, repair: { do: 'quote' } as const } : {}),
    });
  }

  private unknown(name: string, value: unknown, definition: Definition): void {
    const words = `unknown field "${this.path.filter((key) => typeof key === 'string').join('.')}"`;
    this.fail([], value, words, 'unknown-field', this.unknownFix(name, definition));
  }

  /** A slip of the fingers, a field of another struct of the object, or one whose name is much alike. */
  private unknownFix(name: string, definition: Definition): Pick<Problem, 'fix' | 'repair'> {
    const certain = renamed(name, definition);
    const place = certain.repair || !this.root ? undefined : placeOf(this.root, name);
    if (place) return { fix: `move it: the field is ${place}` };
    const meant = nearest(name, definition.fields.keys()) ?? longerName(name, definition);
    return meant ? { fix: `write ${meant} instead of ${name}`, ...certain } : {};
  }

  private obey(object: Json, rule: Rule): void {
    if (rule.fields) {
      for (const name in rule.fields) {
        const value = object[name];
        if (value === undefined || value === null) continue;
        const complaint = rule.fields[name]?.(value, this.minor);
        if (complaint)
          this.fail([name], value, inFull(complaint, value), rule.topics?.[name], portFix(value, complaint));
      }
    }
    rule.object?.(object, this);
  }
}

/** `Invalid value: "x": must be …`, unless it says already what kind of fault it is. */
function inFull(complaint: string, value: unknown): string {
  return /^[A-Z]\w+ (value|list)\b|^Forbidden|^Too long/.test(complaint)
    ? complaint
    : `Invalid value: ${JSON.stringify(value)}: ${complaint}`;
}

/** The fields that the document calls required, and the server does too. */
const requiredOf = memo((definition: Definition, rules: Rules): readonly string[] => {
  const rule = rules.get(definition.name);
  const named = [...definition.fields].filter(
    ([name, field]) =>
      field.required &&
      !STRUCTS.includes(name) &&
      isRefusable(field.type) &&
      rule &&
      rule.optional !== 'all' &&
      !rule.optional?.includes(name),
  );
  return [...named.map(([name]) => name), ...(rule?.required ?? [])];
});

/** Numbers and the like have a value when they are absent; what a server has against it, rules say. */
function isRefusable(type: Type): boolean {
  return type.is === 'string' || type.is === 'list' || type.is === 'object' || type.is === 'bytes';
}

function isZero(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** Keys of lists that the server fills in before it compares. */
function defaultKey(name: string): string | undefined {
  return name === 'protocol' ? 'TCP' : undefined;
}

function kindOfValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string'
    ? `the string ${JSON.stringify(value)}`
    : typeof value === 'number'
      ? `the number ${value}`
      : String(value);
}

/** Another name for a field that is certainly a misspelling of one of the struct. */
function renamed(name: string, { fields }: Definition): { readonly repair?: Repair } {
  const [to, ...others] = misspellingOf(name, fields.keys());
  return to === undefined || others.length > 0 ? {} : { repair: { do: 'rename', to } };
}

/** The field whose name ends with this one: `updateStrategy` for `strategy`. */
function longerName(name: string, { fields }: Definition): string | undefined {
  const ending = name.charAt(0).toUpperCase() + name.slice(1);
  const [longer, ...others] = [...fields.keys()].filter((field) => field.endsWith(ending));
  return others.length > 0 ? undefined : longer;
}
