import { type Code, type CodeField, print, raw } from './print';

/** A map of labels or annotations that stands in several places of a file. */
interface RepeatedMap {
  readonly name: string;
  readonly code: Code;
}

type MapCode = Extract<Code, { is: 'map' }>;

interface Place {
  readonly key: string;
  readonly inPod: boolean;
}

/** So often, and from this length on, a map is a constant. */
const MANY = 3;
const LONG = 36;

/** Labels that many objects of a file have, as constants: those of strings alone for the whole file, others for one function. */
export class Repeated {
  private readonly maps = new Map<string, RepeatedMap>();

  /** `taken`: names that the code uses already. */
  constructor(codes: readonly Code[], options: { readonly isComputed: boolean; readonly taken: ReadonlySet<string> }) {
    const found = new Map<string, { readonly code: MapCode; readonly places: Place[] }>();
    for (const code of codes)
      for (const [map, place] of mapsIn(code)) {
        const isComputed = map.fields.some(({ value }) => !(value.is === 'raw' && value.isString));
        if (isComputed !== options.isComputed) continue;
        const text = print(map);
        if (map.fields.length === 1 && text.length < LONG) continue;
        const known = found.get(text) ?? { code: map, places: [] };
        known.places.push(place);
        found.set(text, known);
      }
    const taken = new Set(options.taken);
    for (const [text, { code, places }] of found) {
      if (places.length < MANY) continue;
      const names = namesFor(places).map((name) => (options.isComputed ? name : constant(name)));
      const name = names.find((one) => !taken.has(one));
      if (name === undefined) continue;
      taken.add(name);
      this.maps.set(text, { name, code });
    }
  }

  /** The constants, as statements without an indent. */
  declarations(indent = ''): string[] {
    return [...this.maps.values()].map(({ name, code }) => {
      const head = `const ${name} = `;
      return `${head}${print(code, indent, indent.length + head.length)};`;
    });
  }

  /** Code in which the constants stand for what they are. */
  in(code: Code): Code {
    if (code.is === 'list') return { is: 'list', items: code.items.map((item) => this.in(item)) };
    if (code.is !== 'map') return code;
    const fields = code.fields.map((field): CodeField => {
      const known = isOfLabels(field) ? this.maps.get(print(field.value)) : undefined;
      return { ...field, value: known ? raw(known.name) : this.in(field.value) };
    });
    return { is: 'map', fields };
  }
}

function isOfLabels({ key, value }: CodeField): boolean {
  return value.is === 'map' && ['labels', 'annotations', 'selector', 'matchLabels'].includes(key ?? '');
}

function* mapsIn(code: Code, inPod = false): Generator<readonly [MapCode, Place]> {
  if (code.is === 'list') for (const item of code.items) yield* mapsIn(item, inPod);
  if (code.is !== 'map') return;
  for (const field of code.fields) {
    const { key = '', value } = field;
    if (isOfLabels(field) && (value as MapCode).fields.every((entry) => entry.value.is === 'raw'))
      yield [value as MapCode, { key, inPod }];
    yield* mapsIn(value, inPod || key === 'template');
  }
}

/** Labels of objects are the labels; what only pods have is theirs. */
function namesFor(places: readonly Place[]): string[] {
  const has = (is: (place: Place) => boolean) => places.some(is);
  return [
    ...(has(({ key, inPod }) => key === 'labels' && !inPod) ? ['labels'] : []),
    ...(has(({ key }) => key === 'selector' || key === 'matchLabels') ? ['selector'] : []),
    ...(has(({ key, inPod }) => key === 'labels' && inPod) ? ['podLabels'] : []),
    ...(has(({ key }) => key === 'annotations') ? ['annotations'] : []),
  ];
}

function constant(name: string): string {
  return name.replace(/([A-Z])/g, '_$1').toUpperCase();
}
