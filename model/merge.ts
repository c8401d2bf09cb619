import { refuseMisspelt } from './added-entry';
import { StrataError } from './errors';

/**
 * The fields that tell the entries of a list apart, as Kubernetes' API has them (`x-kubernetes-list-map-keys`). Where a list has
 * one of several, the first that its entries carry counts: `ports` of a container and of a Service. A test compares this
 * with the OpenAPI documents.
 */
export const LIST_KEYS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  containers: [['name']],
  initContainers: [['name']],
  ephemeralContainers: [['name']],
  env: [['name']],
  volumes: [['name']],
  imagePullSecrets: [['name']],
  secrets: [['name']],
  resourceClaims: [['name']],
  claims: [['name']],
  schedulingGates: [['name']],
  evictionResponders: [['name']],
  webhooks: [['name']],
  matchConditions: [['name']],
  variables: [['name']],
  volumeMounts: [['mountPath']],
  volumeDevices: [['devicePath']],
  hostAliases: [['ip']],
  ports: [
    ['containerPort', 'protocol'],
    ['port', 'protocol'],
  ],
  topologySpreadConstraints: [['topologyKey', 'whenUnsatisfiable']],
  ownerReferences: [['uid']],
};

/** The keys that a list by this field's name may have. */
export function listKeys(field: string): readonly (readonly string[])[] {
  return Object.hasOwn(LIST_KEYS, field) ? LIST_KEYS[field]! : [];
}

/** What the API server fills in before it compares keys. */
const DEFAULTS: Readonly<Record<string, unknown>> = { protocol: 'TCP' };

type Fields = Readonly<Record<string, unknown>>;

/**
 * A value with a change merged into it: fields of objects one by one, `null` removes a field, lists whose entries have keys entry
 * by entry (`$patch: 'delete'` removes one, `$at: 'start'` puts a new one before all others), every other list and value whole.
 */
export function merged(place: string, value: unknown, change: unknown, field = ''): unknown {
  if (isFields(change)) return mergedFields(place, value, change, field);
  if (!Array.isArray(change)) {
    if (isFields(value))
      throw new StrataError(place, `replaces the fields of ${field} by ${JSON.stringify(change)}`, [
        'name the fields that change',
      ]);
    return change;
  }
  const keys = keysOf(place, field, change);
  if (keys)
    return mergedEntries(
      place,
      Array.isArray(value) ? (value as readonly Fields[]) : [],
      change as readonly Fields[],
      keys,
      field,
    );
  refuseInstructions(place, field, change);
  return change;
}

function mergedFields(place: string, value: unknown, change: Fields, path: string): Fields {
  if (value !== undefined && value !== null && !isFields(value))
    throw new StrataError(place, `gives fields to ${path}, which is ${JSON.stringify(value)}`, [
      'name the field as it stands in the rendered file',
    ]);
  const result: Record<string, unknown> = { ...(value as Fields | undefined) };
  for (const [name, wanted] of Object.entries(change)) {
    const at = path === '' ? name : `${path}.${name}`;
    if (name === '$patch' || name === '$at') throw misplaced(place, at);
    if (wanted === undefined) continue;
    if (wanted !== null) result[name] = merged(place, result[name], wanted, at);
    else if (name in result) delete result[name];
    else throw nothingToRemove(place, at);
  }
  return result;
}

function mergedEntries(
  place: string,
  entries: readonly Fields[],
  changes: readonly Fields[],
  keys: readonly string[],
  path: string,
): readonly Fields[] {
  const result = [...entries];
  const starts: Fields[] = [];
  for (const { $patch, $at, ...change } of changes) {
    // A key that has a default need not be given; one that has none, and is left out, must not be needed.
    const wanted = keys
      .map((key) => [key, change[key] ?? DEFAULTS[key]] as const)
      .filter(([, value]) => value !== undefined);
    const found = result.filter((entry) => wanted.every(([key, value]) => (entry[key] ?? DEFAULTS[key]) === value));
    const at = `${path}[${wanted.map(([, value]) => String(value)).join(',')}]`;
    if (found.length > 1)
      throw new StrataError(place, `means ${found.length} entries by ${at}`, [`give all of ${keys.join(', ')}`]);
    const i = result.indexOf(found[0]!);
    if ($patch !== undefined && $patch !== 'delete') throw misplaced(place, `${at}.$patch`);
    if ($at !== undefined && ($at !== 'start' || i >= 0 || $patch !== undefined)) throw misplaced(place, `${at}.$at`);
    if ($patch === 'delete') {
      if (i < 0) throw nothingToRemove(place, at);
      result.splice(i, 1);
    } else if (i < 0) {
      refuseMisspelt(place, path, change, keys, entries);
      ($at === undefined ? result : starts).push(mergedFields(place, {}, change, at));
    } else result[i] = mergedFields(place, result[i]!, change, at);
  }
  return [...starts, ...result];
}

/** The keys of a list by its field's name; undefined where its entries have none. */
function keysOf(place: string, path: string, change: readonly unknown[]): readonly string[] | undefined {
  const field = path.slice(path.lastIndexOf('.') + 1);
  const candidates = listKeys(field);
  if (candidates.length === 0 || !change.every(isFields)) return undefined;
  const keys = candidates.find(([first]) => change.every((entry) => first! in entry));
  if (keys) return keys;
  // Taken as a whole, the list would lose every entry that is not named again.
  const names = [...new Set(candidates.map(([first]) => first!))].join(' or ');
  throw new StrataError(place, `an entry of ${path} has no ${names}, so it is not known which one it changes`, [
    `give each entry its ${names}`,
  ]);
}

/** In what is taken as a whole, nothing may stand that is an instruction for merging. */
function refuseInstructions(place: string, path: string, list: readonly unknown[]): void {
  for (const [i, entry] of list.entries()) {
    const at = `${path}[${i}]`;
    if (entry === null)
      throw new StrataError(place, `${at} is null`, ['leave the entry out: this list is replaced as a whole']);
    if (Array.isArray(entry)) refuseInstructions(place, at, entry);
    else if (isFields(entry)) {
      for (const name of ['$patch', '$at']) if (name in entry) throw misplaced(place, `${at}.${name}`);
      for (const [name, inner] of Object.entries(entry))
        if (Array.isArray(inner)) refuseInstructions(place, `${at}.${name}`, inner);
    }
  }
}

function misplaced(place: string, path: string): StrataError {
  if (path.endsWith('$at'))
    return new StrataError(place, `${path}: $at has no meaning here`, [
      "write $at: 'start' into a new entry of a list whose entries have keys",
    ]);
  return new StrataError(place, `${path}: $patch has no meaning here`, [
    "write $patch: 'delete' into an entry of a list whose entries have keys",
    'remove a field with null',
  ]);
}

function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function nothingToRemove(place: string, path: string): StrataError {
  return new StrataError(place, `removes ${path}, which is not there`, [
    'remove it from the patch',
    'name the field as it stands in the rendered file',
  ]);
}
