import { StrataError } from '../model/errors';

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

/** What the API server fills in before it compares keys. */
const DEFAULTS: Readonly<Record<string, unknown>> = { protocol: 'TCP' };

type Fields = Readonly<Record<string, unknown>>;

/**
 * A value with a change merged into it: fields of objects one by one, `null` removes a field, lists whose entries have keys entry
 * by entry (`$patch: 'delete'` removes one), every other list and value whole.
 */
export function merged(place: string, value: unknown, change: unknown, field = ''): unknown {
  if (isFields(change)) return mergedFields(place, isFields(value) ? value : {}, change, field);
  const keys = Array.isArray(change) ? keysOf(field, change) : undefined;
  if (!keys) return change;
  return mergedEntries(
    place,
    Array.isArray(value) ? (value as readonly Fields[]) : [],
    change as readonly Fields[],
    keys,
    field,
  );
}

function mergedFields(place: string, value: Fields, change: Fields, path: string): Fields {
  const result: Record<string, unknown> = { ...value };
  for (const [name, wanted] of Object.entries(change)) {
    const at = path === '' ? name : `${path}.${name}`;
    if (wanted === undefined) continue;
    if (wanted !== null) result[name] = merged(place, value[name], wanted, at);
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
  for (const { $patch, ...change } of changes) {
    // An entry is found by the keys that the change gives; one that the API server fills in need not be given.
    const given = keys.filter((key) => key in change);
    const i = result.findIndex((entry) => given.every((key) => (entry[key] ?? DEFAULTS[key]) === change[key]));
    const at = `${path}[${given.map((key) => String(change[key])).join(',')}]`;
    if ($patch === 'delete') {
      if (i < 0) throw nothingToRemove(place, at);
      result.splice(i, 1);
    } else if (i < 0) result.push(mergedFields(place, {}, change, at));
    else result[i] = mergedFields(place, result[i]!, change, at);
  }
  return result;
}

/** The keys of a list by its field's name, if all entries of the change carry the first of them. */
function keysOf(path: string, change: readonly unknown[]): readonly string[] | undefined {
  const field = path.slice(path.lastIndexOf('.') + 1);
  const candidates = Object.hasOwn(LIST_KEYS, field) ? LIST_KEYS[field]! : [];
  return candidates.find(([first]) => change.every((entry) => isFields(entry) && first! in entry));
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
