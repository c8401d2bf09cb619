import type { Event, ScalarEvent } from 'js-yaml';
import { EVENT_ID, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import type { Path } from '../../resource';
import type { Document, Place, PlaceEntry } from './document';
import type { Parsed } from './events';
import { startOfScalar, Unparsable } from './events';
import type { YamlScalar } from './scalar';
import { plainScalar } from './scalar';
import { taggedScalar, yamlTag } from './tags';

type Container = Record<string, unknown> | unknown[];

interface Frame {
  readonly container: Container;
  /** Undefined where nobody asks for places. */
  readonly place: (Place & { readonly entries: PlaceEntry[] }) | undefined;
  readonly anchor: string | undefined;
  /** How many nodes Kubernetes' reader visits in it, aliases followed. */
  size: number;
  /** The key whose value comes next. */
  key: string | undefined;
  /** The key is `<<`. */
  merges: boolean;
  /** The list is the value of `<<`. */
  readonly merged: Container | undefined;
  /** Keys that only `<<` brought. */
  inherited: Set<string> | undefined;
}

interface Anchored {
  readonly value: unknown;
  readonly size: number;
  readonly place: Place | undefined;
}

/** Makes a document of its events as sigs.k8s.io/yaml does: YAML 1.1, keys are strings, the last of two equal keys wins. */
export function construct({ events, text }: Parsed): Document {
  return new Construction(text, false).of(events);
}

/** The same walk for the places of all that is in a document. */
export function places({ events, text }: Parsed): Place {
  const construction = new Construction(text, true);
  construction.of(events);
  return construction.place ?? { start: 0 };
}

class Construction {
  private readonly frames: Frame[] = [];
  private readonly anchors = new Map<string, Anchored | undefined>();
  private readonly duplicates: Path[] = [];
  private visited = 1;
  private visitedByAlias = 0;
  private offset = 0;
  private result: unknown = null;
  place: Place | undefined;

  constructor(
    private readonly text: string,
    private readonly wantsPlaces: boolean,
  ) {}

  of(events: readonly Event[]): Document {
    let documents = 0;
    for (let i = 0; i < events.length; i++) {
      const event = events[i]!;
      switch (event.type) {
        case EVENT_ID.DOCUMENT:
          if (documents++ > 0)
            throw new Unparsable(
              startOf(events[i + 1]) ?? this.offset,
              'kubectl reads nothing between a line with `...` and the next `---`: separate documents with `---`',
            );
          break;
        case EVENT_ID.SCALAR:
          this.offset = startOfScalar(event) ?? this.offset;
          this.scalar(event);
          break;
        case EVENT_ID.ALIAS:
          this.offset = event.anchorStart - 1;
          this.alias(this.text.slice(event.anchorStart, event.anchorEnd));
          break;
        case EVENT_ID.MAPPING:
          this.offset = event.start;
          this.open({}, event);
          break;
        case EVENT_ID.SEQUENCE:
          this.offset = event.start;
          this.open([], event);
          break;
        case EVENT_ID.POP:
          this.close();
      }
    }
    return { value: this.result, duplicates: this.duplicates };
  }

  private open(container: Container, event: Extract<Event, { start: number }>): void {
    const parent = this.frames.at(-1);
    if (parent && !Array.isArray(parent.container) && parent.key === undefined)
      throw new Unparsable(this.offset, 'a mapping or a list cannot be a key');
    const anchor = event.anchorStart < 0 ? undefined : this.text.slice(event.anchorStart, event.anchorEnd);
    if (anchor !== undefined) this.anchors.set(anchor, undefined);
    this.visited++;
    const merged = Array.isArray(container) && parent?.merges ? parent.container : undefined;
    const place = this.wantsPlaces ? { start: this.offset, entries: [] } : undefined;
    this.frames.push({
      container,
      place,
      anchor,
      size: 1,
      key: undefined,
      merges: false,
      merged,
      inherited: undefined,
    });
  }

  private close(): void {
    const frame = this.frames.pop();
    if (!frame) return;
    const { container, size, place, anchor } = frame;
    if (anchor !== undefined) this.anchors.set(anchor, { value: container, size, place });
    this.add(container, size, place);
  }

  private scalar(event: ScalarEvent): void {
    const source = getScalarValue(this.text, event);
    const tag = event.tagStart < 0 ? '' : this.text.slice(event.tagStart, event.tagEnd);
    const plain = event.style === SCALAR_STYLE.PLAIN && tag === '';
    const value = plain ? plainScalar(source) : tag === '' ? source : this.tagged(tag, source);
    this.visited++;
    if (event.anchorStart >= 0) {
      const place = { start: this.offset };
      this.anchors.set(this.text.slice(event.anchorStart, event.anchorEnd), { value, size: 1, place });
    }
    const frame = this.frames.at(-1);
    if (frame && !Array.isArray(frame.container) && frame.key === undefined)
      this.openKey(frame, value, source === '<<' && (plain || yamlTag(tag) === 'merge'), plain ? source : undefined);
    // What is left empty stands nowhere.
    else
      this.add(
        value,
        1,
        plain && source !== '' && this.wantsPlaces ? { start: this.offset, plainEnd: event.valueEnd } : undefined,
      );
  }

  private alias(name: string): void {
    const anchored = this.anchors.get(name);
    if (!anchored)
      throw new Unparsable(
        this.offset,
        this.anchors.has(name)
          ? `what the anchor ${name} names contains itself`
          : `no anchor before this is called ${name}`,
      );
    this.visited += 1 + anchored.size;
    this.visitedByAlias += anchored.size;
    if (
      this.visitedByAlias > 100 &&
      this.visited > 1000 &&
      this.visitedByAlias / this.visited > allowedShareOfAliases(this.visited)
    ) {
      throw new Unparsable(this.offset, 'kubectl refuses it: too much of the document comes from aliases');
    }
    const frame = this.frames.at(-1);
    if (frame && !Array.isArray(frame.container) && frame.key === undefined) {
      if (typeof anchored.value === 'object' && anchored.value !== null)
        throw new Unparsable(this.offset, 'a mapping or a list cannot be a key');
      this.openKey(frame, anchored.value as YamlScalar, false);
      return;
    }
    if (frame?.merges && Array.isArray(anchored.value)) throw new Unparsable(this.offset, MERGE_WANTS);
    this.add(anchored.value, 1 + anchored.size, anchored.place);
  }

  private openKey(frame: Frame, key: YamlScalar, merges: boolean, plain?: string): void {
    if (key === null)
      throw new Unparsable(
        this.offset,
        plain
          ? `YAML reads the key ${plain} as null, and kubectl refuses such a key: put it into quotes`
          : 'a key is empty; kubectl accepts strings, numbers and booleans as keys',
      );
    frame.key = keyText(key);
    frame.merges = merges;
    frame.size++;
    if (merges) return;
    const isDuplicate = Object.hasOwn(frame.container, frame.key) && !frame.inherited?.delete(frame.key);
    if (isDuplicate) this.duplicates.push(this.path());
    const written = plain === undefined || plain === frame.key ? {} : { written: plain };
    frame.place?.entries.push({ key: frame.key, start: this.offset, ...written, again: isDuplicate, place: undefined });
  }

  /** A value is complete: it goes where it belongs. */
  private add(value: unknown, size: number, place?: Place): void {
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new Unparsable(this.offset, 'infinity and NaN cannot be sent to Kubernetes: JSON does not have them');
    const frame = this.frames.at(-1);
    if (!frame) {
      this.result = value;
      this.place = place;
      return;
    }
    frame.size += size;
    const { container } = frame;
    if (Array.isArray(container)) {
      if (frame.merged && (typeof value !== 'object' || value === null || Array.isArray(value)))
        throw new Unparsable(this.offset, MERGE_WANTS);
      frame.place?.entries.push({ key: '', start: place?.start ?? this.offset, again: false, place });
      container.push(value);
      return;
    }
    if (frame.merges) this.merge(frame, value, place);
    else if (frame.key !== undefined) {
      set(container, frame.key, value);
      if (frame.place) frame.place.entries.at(-1)!.place = place;
    }
    frame.key = undefined;
    frame.merges = false;
  }

  /** What stands later wins, also over what is merged; of a list of mappings the first wins. */
  private merge(frame: Frame, value: unknown, place: Place | undefined): void {
    if (typeof value !== 'object' || value === null) throw new Unparsable(this.offset, MERGE_WANTS);
    const sources: readonly unknown[] = Array.isArray(value) ? value.toReversed() : [value];
    const places = Array.isArray(value) ? place?.entries?.map((entry) => entry.place).toReversed() : [place];
    for (const [i, source] of sources.entries()) {
      if (Array.isArray(source) || source === null || typeof source !== 'object')
        throw new Unparsable(this.offset, MERGE_WANTS);
      for (const [key, field] of Object.entries(source)) {
        set(frame.container as Record<string, unknown>, key, field);
        (frame.inherited ??= new Set()).add(key);
      }
      for (const entry of places?.[i]?.entries ?? []) frame.place?.entries.push({ ...entry, again: false });
    }
  }

  private tagged(tag: string, source: string): YamlScalar {
    const value = taggedScalar(yamlTag(tag), source);
    if (value === undefined) throw new Unparsable(this.offset, `${JSON.stringify(source)} is no !!${yamlTag(tag)}`);
    return value;
  }

  private path(): Path {
    return this.frames.map(({ container, key }) => (Array.isArray(container) ? container.length : key!));
  }
}

/** A key as a string, as JSON wants it. */
export function keyText(key: YamlScalar): string {
  if (typeof key !== 'number' || Number.isFinite(key)) return String(key);
  return Number.isNaN(key) ? '.nan' : key > 0 ? '.inf' : '-.inf';
}

function startOf(event: Event | undefined): number | undefined {
  if (event?.type === EVENT_ID.SCALAR) return startOfScalar(event);
  return event && 'start' in event ? event.start : undefined;
}

const MERGE_WANTS = 'the value of `<<` must be a mapping, or a list of mappings';

function set(container: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
  else container[key] = value;
}

/** go.yaml.in/yaml/v2, decode.go: small documents may be aliases nearly all through, large ones less and less. */
function allowedShareOfAliases(visited: number): number {
  const [low, high] = [400_000, 4_000_000];
  return visited <= low ? 0.99 : visited >= high ? 0.1 : 0.99 - (0.89 * (visited - low)) / (high - low);
}
