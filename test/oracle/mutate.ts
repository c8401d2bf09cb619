import type { Json } from '../../manifests/resource';
import { record } from '../../manifests/resource';
import type { Definition, Type } from '../../upstream/kubernetes/model';

type Key = string | number;
type Box = Record<Key, unknown>;

/** Numbers from 0 to 1, the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Place {
  readonly box: Box;
  readonly key: Key;
  readonly path: string;
}

/** Places of an object whose change would only ask another question: which kind, and where it lives. */
const KEPT =
  /^\.(apiVersion|kind|metadata|metadata\.(namespace|managedFields|uid|resourceVersion|ownerReferences.*|deletion.*|selfLink|creationTimestamp|generation))$/;

/** A copy of an object with one thing wrong in it, or still right; and what was done. */
export function mutate(
  object: Json,
  definition: Definition | undefined,
  next: () => number,
): { readonly object: Json; readonly what: string } {
  const copy = structuredClone(object) as Box;
  const places: Place[] = [];
  collect(copy, '', places);
  const place = pick(places, next);
  if (!place) return { object: copy as Json, what: 'nothing' };
  const operation = pick(OPERATIONS, next) ?? drop;
  if (definition && next() < 0.2) {
    const what = addField(copy, definition, next);
    if (what) return { object: copy as Json, what };
  }
  return { what: `${operation.name} ${place.path}${operation(place, next)}`, object: copy as Json };
}

const NAMES = [
  'under_score',
  'Upper',
  'dot.',
  '-dash',
  '1abc',
  'a.b',
  'a:b',
  'a/b',
  'a'.repeat(64),
  'a'.repeat(254),
  '',
];

/** Every field taken away, and made empty, and nothing; and every spoiled name. */
export function sweep(object: Json): { readonly object: Json; readonly what: string }[] {
  const places: Place[] = [];
  collect(object, '', places);
  const changes = places.flatMap(({ path }, i) =>
    (
      [
        ['drop', drop],
        ['empty', empty],
        ['null', ({ box, key }: Place) => ((box[key] = null), '')],
      ] as const
    ).map(([name, change]) => {
      const copy = structuredClone(object);
      const own: Place[] = [];
      collect(copy, '', own);
      const place = own[i];
      if (place) change(place, Math.random);
      return { object: copy, what: `${name} ${path}` };
    }),
  );
  return [
    ...changes,
    ...NAMES.map((name) => ({
      object: { ...object, metadata: { ...record(object['metadata']), name } },
      what: `name ${name.slice(0, 20)}`,
    })),
  ];
}

function collect(value: unknown, path: string, places: Place[]): void {
  if (value === null || typeof value !== 'object') return;
  const box = value as Box;
  for (const key of Object.keys(box)) {
    const below = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
    if (!KEPT.test(below)) places.push({ box, key: Array.isArray(value) ? Number(key) : key, path: below });
    collect(box[key], below, places);
  }
}

function pick<T>(from: readonly T[], next: () => number): T | undefined {
  return from[Math.floor(next() * from.length)];
}

type Operation = (place: Place, next: () => number) => string;

const drop: Operation = ({ box, key }) => {
  if (Array.isArray(box)) box.splice(key as number, 1);
  else delete box[key];
  return '';
};

const OTHERS: readonly unknown[] = [
  '',
  'text',
  'Text_With Spaces',
  0,
  1,
  -1,
  1.5,
  70000,
  2 ** 31,
  true,
  false,
  null,
  [],
  {},
  ['a'],
  [1],
  { a: 'b' },
  '1',
  'true',
  '10%',
  '1Gi',
  'http',
];

const retype: Operation = ({ box, key }, next) => {
  box[key] = structuredClone(pick(OTHERS, next));
  return ` to ${JSON.stringify(box[key])}`;
};

const misspell: Operation = ({ box, key }, next) => {
  if (typeof key === 'number') return retype({ box, key, path: '' }, next);
  const i = Math.floor(next() * key.length);
  const wrong =
    pick(
      [
        key.slice(0, i) + key.slice(i + 1),
        key.slice(0, i) + key.charAt(i) + key.slice(i),
        key.charAt(0).toUpperCase() + key.slice(1),
        key.toLowerCase(),
        `${key}s`,
        key.slice(0, i) + key.charAt(i + 1) + key.charAt(i) + key.slice(i + 2),
      ],
      next,
    ) ?? key;
  if (wrong === key) return ' not at all';
  const value = box[key];
  delete box[key];
  box[wrong] = value;
  return ` as ${wrong}`;
};

const swap: Operation = ({ box, key }, next) => {
  const other = pick(
    Object.keys(box).filter((name) => name !== String(key) && !['apiVersion', 'kind', 'metadata'].includes(name)),
    next,
  );
  if (other === undefined) return ' with nothing';
  [box[key], box[other]] = [box[other], box[key]];
  return ` with ${other}`;
};

const WORSE = {
  number: [-1, 0, 1, 2, 101, 65535, 65536, 100000, 2 ** 31 - 1, 2 ** 31, 2 ** 53, 0.5],
  string: [
    '',
    'a'.repeat(16),
    'a'.repeat(64),
    'a'.repeat(254),
    'UPPER',
    'with space',
    'under_score',
    '-dash',
    'dash-',
    'dot.',
    'a..b',
    '../up',
    '/abs',
    '*',
    '1',
    '0',
    '-1',
    '1.5',
    '1Gib',
    '100m',
    '100%',
    '-5%',
    '0%',
    'é',
    '10.0.0.300',
    '10.0.0.0/33',
    '::1',
    'a/b/c',
    'a:b',
    'Always',
    'None',
    'Never',
    '*/61 * * * *',
    '0 0 31 2 *',
  ],
};

const exceed: Operation = ({ box, key }, next) => {
  const value = box[key];
  if (typeof value === 'number') box[key] = pick(WORSE.number, next);
  else if (typeof value === 'string')
    box[key] = next() < 0.15 ? value.toUpperCase() : next() < 0.15 ? `${value}x` : pick(WORSE.string, next);
  else if (typeof value === 'boolean') box[key] = !value;
  else if (Array.isArray(value)) value.push(...structuredClone(value));
  else {
    const fields = record(value);
    const name = fields && pick(Object.keys(fields), next);
    if (fields && name !== undefined) (fields as Box)[`${name}-${'x'.repeat(Math.floor(next() * 80))}`] = fields[name];
  }
  return ` to ${JSON.stringify(box[key])?.slice(0, 60)}`;
};

const empty: Operation = ({ box, key }) => {
  const value = box[key];
  box[key] = Array.isArray(value)
    ? []
    : typeof value === 'object'
      ? {}
      : typeof value === 'number'
        ? 0
        : typeof value === 'boolean'
          ? false
          : '';
  return '';
};

const repeat: Operation = ({ box, key }) => {
  if (Array.isArray(box)) box.push(structuredClone(box[key as number]));
  else if (Array.isArray(box[key]) && (box[key] as unknown[]).length > 0)
    (box[key] as unknown[]).push(structuredClone((box[key] as unknown[])[0]));
  return '';
};

const OPERATIONS: readonly Operation[] = [
  drop,
  drop,
  retype,
  retype,
  misspell,
  swap,
  exceed,
  exceed,
  exceed,
  empty,
  repeat,
];

/** Sets a field that its struct has and the object has not, to something of the right type. */
function addField(object: Box, definition: Definition, next: () => number): string | undefined {
  const structs: { readonly box: Box; readonly definition: Definition; readonly path: string }[] = [];
  structsOf(object, definition, '', structs);
  const struct = pick(structs, next);
  const names =
    struct &&
    [...struct.definition.fields.keys()].filter(
      (name) =>
        struct.box[name] === undefined &&
        name !== 'status' &&
        !KEPT.test(`${struct.path}.${name}`) &&
        !struct.path.startsWith('.status'),
    );
  const name = names && pick(names, next);
  const type = name === undefined ? undefined : struct?.definition.fields.get(name)?.type;
  if (!struct || name === undefined || !type) return undefined;
  struct.box[name] = sample(type, next, 2);
  return `add ${struct.path}.${name} = ${JSON.stringify(struct.box[name])?.slice(0, 200)}`;
}

function structsOf(
  value: unknown,
  definition: Definition,
  path: string,
  structs: { readonly box: Box; readonly definition: Definition; readonly path: string }[],
): void {
  const object = record(value);
  if (!object) return;
  if (path !== '.metadata') structs.push({ box: object as Box, definition, path });
  for (const [name, { type }] of definition.fields) below(object[name], type, `${path}.${name}`);
  function below(inner: unknown, type: Type, where: string): void {
    if (type.is === 'object') structsOf(inner, type.definition, where, structs);
    else if (type.is === 'list' && Array.isArray(inner))
      inner.forEach((entry, i) => below(entry, type.of, `${where}[${i}]`));
  }
}

function sample(type: Type, next: () => number, depth: number): unknown {
  switch (type.is) {
    case 'object':
      return Object.fromEntries(
        [...type.definition.fields]
          .filter(([, field]) => field.required || next() < 0.2)
          .filter(([, field]) => depth > 0 || field.required)
          .slice(0, 8)
          .map(([name, field]) => [name, depth < -2 ? undefined : sample(field.type, next, depth - 1)]),
      );
    case 'list':
      return next() < 0.2 ? [] : [sample(type.of, next, depth - 1)];
    case 'map':
      return next() < 0.3 ? {} : { a: sample(type.of, next, depth - 1) };
    case 'string':
      return pick(
        ['', 'a', 'a', 'text', 'Always', 'None', 'Delete', 'Upper', '/path', 'example.com/a', '10.0.0.1', 'Local'],
        next,
      );
    case 'int32':
    case 'int64':
      return pick([-1, 0, 1, 2, 60, 1000, 70000], next);
    case 'double':
      return 0.5;
    case 'bool':
      return next() < 0.5;
    case 'bytes':
      return pick(['', 'YQ==', 'no base64'], next);
    case 'time':
      return pick(['2024-01-01T00:00:00Z', 'yesterday', null], next);
    case 'quantity':
      return pick(['1', '1Gi', 1, '-1', '0', 'much'], next);
    case 'int-or-string':
      return pick([0, 1, 80, '50%', 'http', '150%', -1], next);
    case 'any':
      return pick([{}, { a: 'b' }, 'text', null], next);
  }
}

/** A copy of a valid object with up to four fields taken away, emptied, nulled or added: most of these are still valid. */
export function thin(
  object: Json,
  definition: Definition,
  next: () => number,
): { readonly object: Json; readonly what: string } {
  const copy = structuredClone(object) as Box;
  const done: string[] = [];
  for (let times = 1 + Math.floor(next() * 4); times > 0; times--) {
    if (next() < 0.35) {
      const what = addField(copy, definition, next);
      if (what) done.push(what);
      continue;
    }
    const places: Place[] = [];
    collect(copy, '', places);
    const place = pick(places, next);
    if (!place) break;
    const operation = pick([drop, drop, drop, empty, nothing], next) ?? drop;
    done.push(`${operation.name} ${place.path}${operation(place, next)}`);
  }
  return { object: copy as Json, what: done.join(', ') };
}

const nothing: Operation = ({ box, key }) => {
  box[key] = null;
  return '';
};
